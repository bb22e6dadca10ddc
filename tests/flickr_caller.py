"""A caller of the Flickr stand-in who signs with a library that nobody here wrote."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qsl, urlencode

import httpx2
from oauthlib.oauth1 import Client as Signer
from PIL import Image

NOON = 1_800_000_000.0


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at


class Caller:
    """Calls as an application would, over whatever transport it is given."""

    def __init__(self, standin, now, transport=None, token=None):
        self.standin = standin
        self.now = now
        self.token = token or (standin.token, standin.token_secret)
        self.http = httpx2.Client(base_url=standin.url, transport=transport, timeout=10)

    def close(self):
        self.http.close()

    def authorization(self, path, fields, *, http_method="POST", nonce=None, at=None, **signer):
        """The header that signs these fields as if they were form-encoded."""
        signed_with = {"resource_owner_key": self.token[0] or None, "resource_owner_secret": self.token[1] or None}
        known = Signer(
            self.standin.key,
            self.standin.secret,
            **(signed_with | signer),
            nonce=nonce,
            timestamp=str(int(self.now() if at is None else at)),
        )
        address = self.standin.url + path
        if http_method == "GET":
            return known.sign(f"{address}?{urlencode(fields)}", http_method)[1]["Authorization"]
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return known.sign(address, http_method, urlencode(fields), form)[1]["Authorization"]

    def rest(self, method, fields=None, **signed):
        """The answer to a method called with POST."""
        fields = {"method": method, **(fields or {})}
        path = "/services/rest/"
        return self.http.post(path, data=fields, headers={"Authorization": self.authorization(path, fields, **signed)})

    def json(self, method, **fields):
        """What a method answers as JSON, parsed."""
        answer = self.rest(method, {**fields, "format": "json", "nojsoncallback": "1"})
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()

    def send(self, fields=None, *, picture=None, filename="IMG_0001.jpg", route="upload", **signed):
        """The answer to an upload or a replacement."""
        path, fields = f"/services/{route}/", fields or {}
        files = {"photo": (filename, picture or jpeg(), "image/jpeg")}
        headers = {"Authorization": self.authorization(path, fields, **signed)}
        return self.http.post(path, data=fields, files=files, headers=headers)

    def sign_in_call(self, what, fields=None, **signer):
        """An answer of the sign-in, as a dictionary; its text as `text` where it is a refusal."""
        path = f"/services/oauth/{what}"
        blank = {"resource_owner_key": None, "resource_owner_secret": None}
        header = self.authorization(path, fields or {}, **(blank | signer))
        answer = self.http.post(path, data=fields or {}, headers={"Authorization": header})
        return dict(parse_qsl(answer.text)) if answer.status_code == httpx2.codes.OK else {"text": answer.text}


def jpeg(color=(90, 140, 200), size=(64, 48)):
    """A small picture of one colour."""
    file = BytesIO()
    Image.new("RGB", size, color).save(file, "JPEG", quality=80)
    return file.getvalue()
