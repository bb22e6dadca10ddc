"""What the telling verbs answer, as pages for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from heliograph import wording
from heliograph.cli.screen import Screen
from heliograph.desk import Happened
from heliograph.desk.doctoring import Check, Health
from heliograph.desk.doubling import Copied, Duplicates
from heliograph.desk.scanning import Scan
from heliograph.desk.telling import Explained, Explanation, PlatformStatus, RefusedPhoto, Sighted, Status
from heliograph.model import F, Facts, Recipe, Record

UNREAD_SHOWN = 10
_ALWAYS = {"title", "caption", "alt_text", "keywords", "taken"}
"""Facts whose absence is worth a line."""
_MARKS = {Health.GOOD: ("ok  ", "green"), Health.WARN: ("warn", "yellow"), Health.BAD: ("BAD ", "bold red")}


def scan(screen: Screen, seen: Scan) -> None:
    """What a scan found."""
    gone = f", {seen.vanished:,} gone" if seen.vanished else ""
    screen.put(
        f"{wording.many(seen.looked, 'file')}: {seen.found:,} new or changed, {seen.unchanged:,} as before{gone}."
    )
    _some(screen, "cannot be read", [f"{where}: {why}" for where, why in seen.unreadable.items()])
    for part, why in seen.not_looked.items():
        screen.put(f"{part or 'The library'} could not be looked at, so nothing in it counts as missing: {why}", "  ! ")
    for sentence in seen.passed_over:
        screen.put(f"{sentence}.", "  ")


def status(screen: Screen, stands: Status, notes: Sequence[str]) -> None:
    """How everything stands."""
    screen.put(wording.many(stands.files, "file"), Text(f"Library {stands.library}: ", "bold"))
    _some(screen, "cannot be read", [f"{where}: {why}" for where, why in stands.unreadable])
    _some(screen, "may be photos that are known; the plan asks", [f"{where}: {why}" for where, why in stands.unsure])
    for platform in stands.platforms:
        screen.put(_platform(platform), Text(f"{platform.name}: ", "bold"))
        if platform.refused:
            screen.put(f"{_refused(platform)} (helio status --refused)", "  ")
        if platform.unseen_since:
            screen.put(deletions(platform.unseen_since), "  ")
    if stands.last_run is None:
        screen.put("none yet; `helio plan` shows what would happen.", Text("Last run: ", "bold"))
    else:
        run = stands.last_run
        how = str(run["outcome"] or "") if run["ended_at"] else "cut off; the next run goes on where it was"
        screen.put(f"{run['command']}, {wording.local_time(str(run['begun_at']))}, {how}", Text("Last run: ", "bold"))
    for note in notes:
        screen.put(note, Text("Note: ", "yellow"))


def refused(screen: Screen, stands: Status, photos: Sequence[RefusedPhoto]) -> None:
    """Every photo that may not leave, below each reason why; what holds most of them back comes first."""
    for platform in stands.platforms:
        screen.put(_refused(platform) or "no photo is refused", Text(f"{platform.name}: ", "bold"))
        held: dict[str, list[str]] = {}
        for photo in photos:
            for reason in photo.reasons if photo.platform == platform.name else ():
                held.setdefault(reason, []).append(photo.where)
        for reason, places in sorted(held.items(), key=lambda item: (-len(item[1]), item[0])):
            screen.put(reason, Text(f"  {wording.many(len(places), 'photo')}: ", "yellow"))
            for place in places:
                screen.put(place, "    - ")


def where(screen: Screen, found: Iterable[Sighted]) -> None:
    """Where photos are published."""
    for seen in found:
        role = {"copy": "  a copy of a photo that is known", "unsure": "  may be a photo that is known"}
        screen.put(Text(seen.where, "bold").append(role.get(seen.role, ""), "dim"))
        for record in seen.records:
            since = f", since {wording.local_time(record.posted_at)}" if record.posted_at else ""
            screen.put((record.url or record.post_id) + since, f"  {record.platform}: ")
        if not seen.records:
            screen.put("published nowhere" if seen.photo else "cannot be read, published nowhere", "  ")


def duplicates(screen: Screen, found: Duplicates, *, near: bool) -> None:
    """What is there twice, and what looks alike."""
    count = len(found.equal)
    _groups(
        screen, found.equal, f"{wording.many(count, 'photo')} in more than one file:" if count else "No photo twice."
    )
    if near:
        count = len(found.near)
        alike = f"{wording.many(count, 'group')} of photos that look alike:" if count else "No photos that look alike."
        screen.put()
        _groups(screen, found.near, alike)
        _some(screen, "could not be looked at", found.unseen)


def _groups(screen: Screen, groups: Sequence[Sequence[Copied]], head: str) -> None:
    screen.put(head)
    for group in groups:
        screen.put()
        for one in group:
            role = "  stands for all" if one.role == "main" else ""
            published = "".join(f"  {record.platform}: {record.url or record.post_id}" for record in one.records)
            screen.put(Text(one.where, "bold" if one.role == "main" else "").append(role + published, "dim"), "  ")


def explain(screen: Screen, about: Explanation) -> None:
    """What each platform would get of a photo, and why."""
    photo = about.photo
    screen.put(Text(photo.where, "bold"))
    screen.put(about.identity, "  which photo   ")
    screen.put(f"{photo.digest[:16]} of its {photo.digest_of}", "  image digest  ")
    sources = dict(photo.facts.sources)
    for name, said in _facts(photo.facts):
        if not said and name not in _ALWAYS:
            continue
        origin = sources.get(name, "")
        screen.put(
            Text(said or "-").append(f"  ({origin})" if origin else "", "dim"), f"  {name.replace('_', ' '):<13} "
        )
    for warning in photo.facts.warnings:
        screen.put(warning, Text("  odd           ", "yellow"))
    for place in about.platforms:
        screen.put()
        _explained(screen, place)


def history(screen: Screen, lines: Iterable[Happened]) -> None:
    """What happened, newest first."""
    nothing = True
    for line in lines:
        nothing = False
        screen.put(line.sentence, Text(f"{wording.local_time(line.at)}  ").append(f"{line.outcome:<9} ", _colour(line)))
        for item in line.changes if screen.loud > 0 else ():
            screen.put(wording.change(item, "→"), " " * 28)
    if nothing:
        screen.put("Nothing happened yet.")


def check(screen: Screen, one: Check) -> None:
    """One line of `helio doctor`."""
    mark, colour = _MARKS[one.health]
    screen.put(one.sentence, Text().append(mark, colour).append(f"  {one.name:<10} "))


def deletions(since: str) -> str:
    """What there is to tell of deletions on a platform that were not looked for."""
    at = wording.local_time(since)
    return f"What was deleted there since {at} was not looked for yet; `helio plan --anew` does that now."


def _platform(platform: PlatformStatus) -> str:
    doubt = f"; {platform.in_doubt} not sure to have arrived, the next run looks" if platform.in_doubt else ""
    albums = f" and {wording.many(platform.albums, 'album')}" if platform.albums else ""
    held = f"{wording.many(platform.photos, 'photo')}{albums} published"
    kind = f" ({platform.kind})" if platform.kind != platform.name else ""
    return held + doubt + kind


def _refused(platform: PlatformStatus) -> str:
    """`12 photos refused, 9 of them have no alt text`; empty where there are none."""
    mute = platform.without_alt_text
    has = "has" if mute == 1 else "have"
    of_them = f", {mute:,} of them {has} no alt text" if mute else ""
    return f"{wording.many(platform.refused, 'photo')} refused{of_them}" if platform.refused else ""


def _some(screen: Screen, what: str, lines: Sequence[str]) -> None:
    if lines:
        screen.put(f"{wording.many(len(lines), 'file')} {what}:", "  ")
    for line in lines[:UNREAD_SHOWN]:
        screen.put(line, "  - ")
    if len(lines) > UNREAD_SHOWN:
        screen.put(f"and {len(lines) - UNREAD_SHOWN:,} more (--json lists all)", "    ")


def _facts(facts: Facts) -> Iterable[tuple[str, str]]:
    yield "title", facts.title
    yield "headline", facts.headline
    yield "caption", wording.shortened(facts.caption)
    yield "alt_text", wording.shortened(facts.alt_text)
    yield "keywords", ", ".join(facts.keywords)
    yield "keyword_paths", ", ".join("|".join(path) for path in facts.keyword_paths)
    yield "people", ", ".join(facts.people)
    yield "taken", _taken(facts)
    yield "camera_model", facts.camera_model or facts.camera_make
    yield "lens", facts.lens
    place = facts.place
    position = "" if place.latitude is None else f"{place.latitude:.4f}, {place.longitude:.4f}"
    names = (place.sublocation, place.city, place.state, place.country)
    yield "position", position
    yield "place_names", ", ".join(name for name in names if name)
    yield "copyright", facts.rights.copyright
    yield "licence_url", facts.rights.licence_url
    yield "rating", "" if facts.rating is None else str(facts.rating)
    yield "label", facts.label


def _taken(facts: Facts) -> str:
    if facts.taken is None:
        return ""
    taken = facts.taken
    return wording.value(F.TAKEN, (taken.local, taken.subsec, taken.offset, taken.circa))


def _explained(screen: Screen, place: Explained) -> None:
    verdict = place.verdict
    name = Text(f"{place.platform}: ", "bold")
    if verdict.wish is None:
        screen.put("not wanted there: no keyword, folder, rating or label of its settings wishes it", name)
    elif verdict.refusals:
        screen.put(Text("refused", "yellow"), name)
        for refusal in verdict.refusals:
            screen.put(refusal, "  ! ")
    else:
        screen.put(f"wanted there ({verdict.wish.reason})", name)
    if verdict.wanted is not None:
        for field, held in verdict.wanted.fields.items():
            said = _picture(verdict.wanted.recipe) if field == F.PICTURE else wording.value(field, held)
            screen.put(said or "-", f"  {field:<13} ")
    if verdict.albums:
        one = " (published together in one post)" if verdict.gathered else ""
        screen.put(", ".join(verdict.albums) + one, f"  {'albums':<13} ")
    for word, sentences in (("stays home", verdict.withheld), ("left out", verdict.left_out)):
        for sentence in sentences:
            screen.put(sentence, f"  {word:<13} ")
    screen.put(_published(place.record), f"  {'now':<13} ")


def _picture(recipe: Recipe | None) -> str:
    if recipe is None or not recipe.outputs:
        return "the original's own pixels, its metadata cleaned"
    sizes = [f"{out.media_type.removeprefix('image/')} {out.long_edge_px or 'full size'}" for out in recipe.outputs]
    return "made anew, longer side at most: " + ", ".join(sizes)


def _published(record: Record | None) -> str:
    if record is None:
        return "not published there"
    return f"published there since {wording.local_time(record.posted_at)}: {record.url or record.post_id}"


def _colour(line: Happened) -> str:
    return {"done": "green", "failed": "bold red", "uncertain": "yellow"}.get(line.outcome, "")
