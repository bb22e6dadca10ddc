"""Pages as templates make them, and what is wrong with the owner's templates as sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, nodes

from heliograph.errors import Mistake
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.pages import Page
from heliograph.platforms.site.sandbox import Functions, Sandbox
from heliograph.platforms.site.theme import STATE, Theme

_LANG = '{% macro lang(key) %}{% if lent(key) %} lang="{{ lent(key) }}"{% endif %}{% endmacro %}'
"""The attribute `lang`, where those words are in another language than the site."""


@lru_cache(maxsize=8)
def environment(look: Theme, language: Language) -> Sandbox:
    """Where the templates are rendered, with the words of the language."""
    said: Functions = {"word": language.word, "counted": language.counted, "number": language.number}
    lent = Environment(autoescape=True).from_string(_LANG).make_module({"lent": language.lent})
    lang: Callable[[str], str] = lent.lang  # type: ignore[attr-defined] # a macro is an attribute of its module
    return _sandbox(look, {**said, "lang": lang}, {"asset": look.asset, "srcset": srcset})


def srcset(files: Sequence[tuple[str, int]], root: str) -> str:
    """What a browser chooses a picture's file from, by their widths."""
    return ", ".join(f"{root}{name} {width_px}w" for name, width_px in files)


def rendered(page: Page, look: Theme, language: Language) -> bytes:
    """The page as it is written.

    Raises:
        Mistake: a template of the theme fails on it.
    """
    try:
        return environment(look, language).get_template(page.template).render(page.context).encode("utf-8")
    except Exception as error:
        mistake = _told(look, error, page.path)
        if mistake is None:
            raise
        raise mistake from error


@lru_cache(maxsize=8)
def check(look: Theme) -> None:
    """Looks at the owner's templates before anything is made of them.

    Raises:
        Mistake: one cannot be used, whatever the photos; with its file and line.
    """
    sandbox = _sandbox(look, {}, {})
    for name, text in look.templates.items():
        place = look.place(name)
        try:
            tree = sandbox.parse(text)
            sandbox.compile(tree)
        except TemplateSyntaxError as error:
            sentence = f"{place}, line {error.lineno}: {error.message}. {STATE} Correct the template and run again."
            raise Mistake(sentence) from error
        for node in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
            sentence = (
                f"{place}, line {node.lineno}: a theme cannot switch escaping off. {STATE} Take `autoescape` out."
            )
            raise Mistake(sentence)


def _sandbox(look: Theme, answers: Functions, functions: Functions) -> Sandbox:
    def load(name: str) -> tuple[str, str, None] | None:
        found = look.template(name)
        return (*found, None) if found else None

    made = Sandbox(
        answers=answers,
        functions=functions,
        foreign=look.templates.keys(),
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        cache_size=-1,
    )
    made.filters.pop("safe")
    return made


def _told(look: Theme, error: Exception, path: str) -> Mistake | None:
    """What is wrong with the owner's templates, met on the page at `path`; `None` where the fault is not theirs."""
    places = {look.place(name) for name in look.templates}
    traceback, found = error.__traceback__, None
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        found = (name, traceback.tb_lineno) if name in places else found
        traceback = traceback.tb_next
    if found is None and not (isinstance(error, TemplateError) and look.templates):
        return None
    where = f"{found[0]}, line {found[1]}" if found else f"The theme {look.folder} does not fit our templates"
    what = f"{str(error) or type(error).__name__}, met on {path}"
    return Mistake(f"{where}: {what}. {STATE} Correct the template and run again.")
