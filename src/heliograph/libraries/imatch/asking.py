"""What is asked of each file, by IMatch's names.

Source: variables and tags as published clients of IMatch ask for them (2024 to 2025).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FIELDS = "id,name,filename,format,size,datetime,width,height"

TAGS: Mapping[str, str] = {
    "title": "title",
    "description": "description",
    "hierarchical_keywords": "hierarchicalkeywords",
}
VARIABLES: Mapping[str, str] = {
    "headline": "{File.MD.headline}",
    "alt": r"{File.MD.XMP::iptcCore\AltTextAccessibility\AltTextAccessibility\0}",
    "ai": r"{File.MD.photools.com::IMatch\200020\AI.description\0}",
    "circa": r"{File.MD.XMP::iptcExt\CircaDateCreated\CircaDateCreated\0}",
    "make": "{File.MD.make}",
    "model": "{File.MD.model}",
    "lens": "{File.MD.lens}",
    "iso": "{File.MD.iso|value:formatted}",
    "shutter_speed": "{File.MD.shutterspeed|value:formatted}",
    "aperture": "{File.MD.aperture}",
    "focal_length": "{File.MD.focallength|value:formatted}",
    "latitude": "{File.MD.gpslatitude|value:rawfrm}",
    "longitude": "{File.MD.gpslongitude|value:rawfrm}",
    "country": r"{File.MD.Composite\MWG-Country\Country\0}",
    "state": r"{File.MD.Composite\MWG-State\State\0}",
    "city": r"{File.MD.Composite\MWG-City\City\0}",
    "sublocation": r"{File.MD.Composite\MWG-Location\Location\0}",
    "creator": r"{File.MD.XMP::dc\creator\Creator\0}",
    "copyright": r"{File.MD.XMP::dc\rights\Rights\0}",
    "marked": r"{File.MD.XMP::xmpRights\Marked\Marked\0}",
    "licence": r"{File.MD.XMP::xmpRights\WebStatement\WebStatement\0}",
    "rating": "{File.MD.rating|value:rawfrm}",
    "label": "{File.MD.label}",
}
"""Under which name -> what. Lists are asked for as tags, as variables would join them by the user's list separator."""

EVERYTHING: Mapping[str, str] = {
    "fields": FIELDS,
    **{f"tag{name}": code for name, code in TAGS.items()},
    **{f"var{name}": template for name, template in VARIABLES.items()},
}
"""The parameters of a call that asks for all of it."""

_NAME = re.compile(r"\{([^|}]+)")


def own_name(variable: str) -> str:
    """The name of a variable without braces and arguments, as error texts quote it: `File.MD.iso`."""
    found = _NAME.match(VARIABLES[variable])
    return found[1] if found else ""
