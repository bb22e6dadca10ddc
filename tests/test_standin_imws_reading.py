"""What can be read from the IMatch stand-in, against the exchanges of the reference."""

from __future__ import annotations

import pytest

from imws_caller import imatch, standin

__all__ = ["imatch", "standin"]


def test_a_login_in_the_query_or_in_the_body_gives_a_token(imatch):
    fields = {"id": "anna", "password": "", "appid": ""}
    for said in (
        imatch.http.post("/v1/authenticate", params=fields),
        imatch.http.post("/v1/authenticate", data=fields),
    ):
        assert said.status_code == 200
        assert said.json()["auth_token"]
        assert said.json()["user"] == {"id": "anna"}


@pytest.mark.parametrize("path", ["/discover", "/v1/discover"])
def test_the_service_lists_its_endpoints(imatch, path):
    listed = {(one["method"], one["path"]) for one in imatch.get(path)["endpoints"]}
    assert {("GET", "/v1/files"), ("POST", "/v1/attributes"), ("POST", "/v1/categories/assign")} <= listed


def test_a_variable_has_its_own_type(imatch):
    assert imatch.get("/v1/imatch/appvar", name="flickr_is_public") == {"value": 1}
    assert imatch.get("/v1/imatch/appvar", name="pixelfed_url") == {"value": "https://pixelfed.example"}


def test_a_category_tells_the_fields_that_were_asked_for(imatch):
    asked = imatch.get("/v1/categories", path="Socials|flickr", fields="files,directfiles")
    assert asked == {"categories": [{"files": [101, 102, 103], "directFiles": [101, 102]}]}
    assert imatch.get("/v1/categories", path="Socials|nothing", fields="directfiles") == {"categories": []}


def test_children_hold_the_same_fields(imatch):
    albums = imatch.get("/v1/categories", path="Socials|flickr|albums", fields="children,name,description")
    harbour = {"name": "Harbour", "description": "72177720300000001\nBoats and quays", "children": []}
    assert albums == {"categories": [{"name": "albums", "description": "", "children": [harbour]}]}
    errors = imatch.get("/v1/categories", path="Socials|flickr|__errors", fields="children,files,path")
    child = {"path": "Socials|flickr|__errors|missing title", "files": [103], "children": []}
    assert errors == {"categories": [{"path": "Socials|flickr|__errors", "files": [103], "children": [child]}]}


def test_a_category_is_found_by_its_id_and_all_of_them_are_the_roots(imatch):
    number = imatch.get("/v1/categories", path="Socials|flickr", fields="id")["categories"][0]["id"]
    assert imatch.get("/v1/categories", id=number, fields="path") == {"categories": [{"path": "Socials|flickr"}]}
    roots = imatch.get("/v1/categories", id="all", fields="path")["categories"]
    assert [root["path"] for root in roots] == ["Socials", "Image Characteristics"]


def test_files_come_with_fields_tags_and_variables_and_a_missing_tag_is_left_out(imatch):
    asked = imatch.get(
        "/v1/files",
        id="101,102",
        fields="id,datetime,filename,format,name,size,width,height",
        tagtitle="title",
        tagdescription="description",
        taghierarchical_keywords="hierarchicalkeywords",
        varheadline="{File.MD.headline}",
        variso="{File.MD.iso|value:formatted}",
    )
    assert asked["files"] == [
        {
            "id": 101,
            "dateTime": "2024-03-19T18:42:10",
            "fileName": "D:\\Photos\\2024\\quay.dng",
            "format": "DNG",
            "name": "quay.dng",
            "size": 28311552,
            "width": 6000,
            "height": 4000,
            "title": "Evening quay",
            "description": "Three boats at rest.",
            "hierarchical_keywords": ["nature|water", "genre|landscape"],
            "headline": "Boats at dusk",
            "iso": "3200",
        },
        {
            "id": 102,
            "dateTime": "1985-01-01T00:00:00",
            "fileName": "D:\\Photos\\scan7.jpg",
            "format": "JPEG",
            "name": "scan7.jpg",
            "size": 900123,
            "width": 1800,
            "height": 1200,
            "headline": "",
            "iso": "",
        },
    ]


def test_fields_left_out_are_the_standard_ones_and_an_empty_list_hardly_any(imatch):
    (standard,) = imatch.get("/v1/files", id="102")["files"]
    assert set(standard) == {"id", "name", "fileName", "format", "size"}
    assert imatch.get("/v1/files", id="101", fields="", tagtitle="title")["files"] == [
        {"id": 101, "title": "Evening quay"}
    ]


def test_listings_of_the_server_come_in_pages(imatch, standin):
    first = imatch.get("/v1/files", idlist="@IMWS.allfiles", fields="id", page=0, pagesize=3)["files"]
    rest = imatch.get("/v1/files", idlist="@IMWS.allfiles", fields="id", page=1, pagesize=3)["files"]
    after = imatch.get("/v1/files", idlist="@IMWS.allfiles", fields="id", page=2, pagesize=3)["files"]
    assert [[one["id"] for one in page] for page in (first, rest, after)] == [[101, 102, 103], [140], []]
    standin.world.select(140, 102)
    chosen = imatch.get("/v1/files", idlist="@imatch.filewindow.active.selection", fields="id")["files"]
    assert [one["id"] for one in chosen] == [140, 102]
    focused = imatch.get("/v1/files", idlist="@imatch.filewindow.active.focusedfile", fields="id")["files"]
    assert [one["id"] for one in focused] == [140]


def test_the_categories_of_a_file_are_those_it_is_assigned_to(imatch):
    assert imatch.get("/v1/files/categories", id="101,140", fields="path,description") == {
        "files": [
            {
                "id": 101,
                "categories": [
                    {"path": "Socials|flickr", "description": ""},
                    {
                        "path": "Socials|flickr|albums|Harbour",
                        "description": "72177720300000001\nBoats and quays",
                    },
                    {"path": "Image Characteristics|Genre|landscape", "description": ""},
                ],
            },
            {"id": 140, "categories": []},
        ]
    }


def test_relations_come_in_groups(imatch):
    quay = {"id": 140, "name": "quay.jpg", "fileName": "D:\\Photos\\2024\\quay.jpg", "format": "JPEG", "size": 4194304}
    raw = {"id": 101, "name": "quay.dng", "fileName": "D:\\Photos\\2024\\quay.dng", "format": "DNG", "size": 28311552}
    assert imatch.get("/v1/files/relations", id="101", type="versions") == {
        "files": [{"id": 101, "versions": [{"files": [quay]}]}]
    }
    assert imatch.get("/v1/files/relations", id="102", type="versions") == {"files": [{"id": 102, "versions": []}]}
    assert imatch.get("/v1/files/relations", id="140", type="masters") == {
        "files": [{"id": 140, "masters": [{"files": [raw]}]}]
    }
    assert imatch.ask("/v1/files/relations", id="140", type="buddies").status_code == 400


def test_collections_are_numbers_and_have_paths(imatch):
    assert imatch.get("/v1/files/collections", id="101") == {"files": [{"id": 101, "collections": [5, 52]}]}
    every = imatch.get("/v1/collections", id="all", fields="id,path")["collections"]
    assert {"id": 52, "path": "Pins|Green"} in every
    assert {"id": 2, "path": "Bookmarks"} in every


def test_files_without_a_row_are_absent(imatch):
    assert imatch.get("/v1/attributes", set="flickr", id="101,102") == {
        "result": [
            {
                "id": 102,
                "data": [
                    {
                        "instanceId": 7,
                        "posted": "2024-04-01",
                        "photo_id": "53330000001",
                        "url": "https://www.flickr.com/photos/me/53330000001",
                    }
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    ("path", "fields", "status", "code"),
    [
        ("/v1/files", {}, 400, 400),
        ("/v1/files", {"id": ""}, 400, 400),
        ("/v1/files", {"id": "12, 15"}, 400, 400),
        ("/v1/files", {"id": "101", "page": "x"}, 400, 400),
        ("/v1/files", {"idlist": "@nothing"}, 404, 404),
        ("/v1/categories", {}, 400, 400),
        ("/v1/attributes", {"set": "nothing", "id": "101"}, 500, 5100),
        ("/v1/imatch/appvar", {"name": "nothing"}, 404, 404),
        ("/v1/categories/assign", {"path": "Socials|flickr", "fileid": "101"}, 405, 405),
        ("/v1/nothing", {}, 404, 404),
    ],
)
def test_what_makes_no_sense_is_an_error_with_a_number(imatch, path, fields, status, code):
    said = imatch.ask(path, **fields)
    assert (said.status_code, said.json()["error"]["code"]) == (status, code)


def test_nothing_is_told_without_a_good_token(imatch):
    imatch.token = imatch.token[::-1]
    said = imatch.ask("/v1/files", id="101")
    assert (said.status_code, said.json()["error"]["code"]) == (401, 401)


def test_a_token_may_stand_in_the_query_of_a_post(imatch):
    fields = {"path": "Socials|flickr|_update", "fileid": "101"}
    said = imatch.http.post("/v1/categories/assign", params={"auth_token": imatch.token}, data=fields)
    assert said.json() == {"result": "ok"}


def test_another_hosts_name_is_turned_away(imatch):
    said = imatch.http.get("/v1/files", headers={"Host": "imatch.example"})
    assert said.status_code == 403


# --- variables --------------------------------------------------------------------------------------------------------

FACTS = {
    "title": "Autumn Sunset",
    "description": "long text",
    "hierarchicalkeywords": ["genre|landscape", "nature|sky"],
    "headline": "one sentence",
    "aperture": 6.3,
    "focallength": 45,
    "iso": 3200,
    "shutterspeed": 0.01,
    "lens": "RF24-105mm",
    "make": "Canon",
    "model": "Canon EOS R50",
    "gpslatitude": -36.75,
    "gpslongitude": 144.28,
    "circadate": "Y:M:_",
    "cameraname": "Apple iPhone 12",
    "aidescription": "alt text",
    "country": "Australia",
    "state": "Victoria",
    "city": "Bendigo",
    "location": "Rosalind Park",
    "copyright": "Anna",
    "copyrightmarked": "True",
    "copyrighturl": "https://anna.example",
    "rating": 5,
}
VARIABLES = {
    "{File.MD.headline}": "one sentence",
    "{File.MD.aperture}": "6.3",
    "{File.MD.focallength|value:formatted}": "45.0 mm",
    "{File.MD.iso|value:formatted}": "3200",
    "{File.MD.shutterspeed|value:formatted}": "1/100",
    "{File.MD.lens}": "RF24-105mm",
    "{File.MD.make} {File.MD.model}": "Canon Canon EOS R50",
    "{File.MD.gpslatitude|value:rawfrm}": "-36.75",
    "{File.MD.gpslongitude|value:rawfrm}": "144.28",
    "{File.MD.gpslatitude}": "36° 45' 0.00\" S",
    r"{File.MD.XMP::iptcExt\CircaDateCreated\CircaDateCreated\0}": "Y:M:_",
    r"{File.MD.photools.com::IMatch\1510\cameraname\0}": "Apple iPhone 12",
    r"{File.MD.photools.com::IMatch\200020\AI.description\0}": "alt text",
    r"{File.MD.Composite\MWG-Country\Country\0}": "Australia",
    r"{File.MD.Composite\MWG-State\State\0}": "Victoria",
    r"{File.MD.Composite\MWG-City\City\0}": "Bendigo",
    r"{File.MD.Composite\MWG-Location\Location\0}": "Rosalind Park",
    r"{File.MD.XMP::dc\rights\Rights\0}": "Anna",
    r"{File.MD.XMP::xmpRights\Marked\Marked\0}": "True",
    r"{File.MD.XMP::xmpRights\WebStatement\WebStatement\0}": "https://anna.example",
    r"{File.MD.XMP::dc\title\Title}": "Autumn Sunset",
    r"{File.MD.XMP::dc\description\Description\0}": "long text",
    "{File.MD.hierarchicalkeywords}": "genre|landscape;nature|sky",
    "{File.FullName}": "D:\\Photos\\sunset.jpg",
    "{File.Name}": "sunset.jpg",
    "{File.DateTime}": "24.05.2023 18:30:00",
    "{File.DateTime|format:YYYY-MM-DD hh:mm}": "2023-05-24 18:30",
    "{File.Rating}": "5.00",
    "{File.Size}": "36.2 MB",
    "{User.Name}": "anna",
    "{Application.Version}": "2025.2.4",
    "{Application.DateTime|format:YYYY}": "2027",
    "{File.MD.label|default:none}": "none",
    "{File.MD.label}": "",
    "{Nobody.Knows}": "",
    "plain": "plain",
}
COMMAS = {
    "{File.MD.aperture}": "6,3",
    "{File.MD.focallength|value:formatted}": "45,0 mm",
    "{File.MD.gpslatitude|value:rawfrm}": "-36.75",
    "{File.Rating}": "5,00",
    "{File.Size}": "36,2 MB",
    "{File.DateTime}": "05/24/2023 18:30:00",
    "{File.MD.hierarchicalkeywords}": "genre|landscape,nature|sky",
}


@pytest.fixture
def sunset(standin):
    facts = {"size": 37_958_451, "datetime": "2023-05-24T18:30:00"}
    return standin.world.add_file("sunset.jpg", tags=FACTS, **facts)


@pytest.mark.parametrize(("variable", "text"), VARIABLES.items())
def test_a_variable_is_evaluated_for_each_file(imatch, sunset, variable, text):
    (row,) = imatch.get("/v1/files", id=sunset.id, fields="id", varfound=variable)["files"]
    assert row == {"id": sunset.id, "found": text}


@pytest.mark.parametrize(("variable", "text"), COMMAS.items())
def test_a_variable_is_written_as_the_users_windows_does(standin, imatch, sunset, variable, text):
    standin.turn(decimal_sign=",", date_order="mdy", list_separator=",")
    (row,) = imatch.get("/v1/files", id=sunset.id, fields="id", varfound=variable)["files"]
    assert row["found"] == text


@pytest.mark.parametrize(("seconds", "text"), [(0.5, "1/2"), (2.5, "2.5"), (30, "30"), ("1/1250", "1/1250")])
def test_exposure_times_are_fractions_below_a_second(standin, imatch, seconds, text):
    file = standin.world.add_file("night.jpg", tags={"shutterspeed": seconds})
    (row,) = imatch.get("/v1/files", id=file.id, fields="id", vars="{File.MD.shutterspeed}")["files"]
    assert row["s"] == text
