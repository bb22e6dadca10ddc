"""How each software says no: status, form and words.

Source: as running servers answered on loopback (November 2026); Mastodon, and Pixelfed since 0.12.10, as their source
says (July to September 2026).
"""

from __future__ import annotations

from heliograph.standin.fediverse.traits import Form, No, Why

_NO_SUCH_TOKEN = "The access token is invalid"  # noqa: S105  a sentence
_NO_RECORD = r"No query results for model [App\{model}] {id}"

MASTODON = {
    Why.NO_TOKEN: No(401, text=_NO_SUCH_TOKEN),
    Why.REVOKED: No(401, text="The access token was revoked"),
    Why.SCOPE: No(403, text="This action is outside the authorized scopes"),
    Why.INVALID: No(422, text="Validation failed: {text}"),
    Why.UNREADABLE: No(422, text="Validation failed: File content type is invalid, File is invalid"),
    Why.TOO_LARGE: No(422, text="Validation failed: File file size must be less than {text}"),
    Why.NOT_FOUND: No(404, text="Record not found"),
    Why.GONE: No(404, text="Record not found"),
    Why.FORBIDDEN: No(403, text="This action is not allowed"),
    Why.NO_ROUTE: No(404, Form.HTML, "The page you are looking for isn't here."),
    Why.TOO_MANY: No(429, text="Too many requests"),
}
PIXELFED = {
    Why.NO_TOKEN: No(500, text="Unauthenticated."),
    Why.REVOKED: No(500, text="Unauthenticated."),
    Why.SCOPE: No(403, text=""),
    Why.INVALID: No(500, Form.LARAVEL),
    Why.UNREADABLE: No(500, Form.LARAVEL, "The file must be a file of type: {text}."),
    Why.TOO_LARGE: No(500, Form.LARAVEL, "The file may not be greater than {text} kilobytes."),
    Why.NOT_FOUND: No(500, text=_NO_RECORD),
    Why.GONE: No(404, text=""),
    Why.FORBIDDEN: No(500, text="This action is unauthorized."),
    Why.NO_ROUTE: No(404, text=""),
    Why.TOO_MANY: No(429, text=""),
}
PIXELFED_2026 = PIXELFED | {
    Why.NO_TOKEN: No(401, text="Unauthenticated."),
    Why.REVOKED: No(401, text="Unauthenticated."),
    Why.INVALID: No(422, Form.LARAVEL),
    Why.UNREADABLE: No(403, text="Invalid or unsupported mime type."),
    Why.TOO_LARGE: No(422, Form.LARAVEL, "The file may not be greater than {text} kilobytes."),
    Why.NOT_FOUND: No(404, text=_NO_RECORD),
    Why.FORBIDDEN: No(403, text="This action is unauthorized."),
    Why.TOO_MANY: No(429, text="Too Many Attempts."),
}
GOTOSOCIAL = {
    Why.NO_TOKEN: No(401, text="Unauthorized: token not supplied or invalid"),
    Why.REVOKED: No(401, text="Unauthorized: token not supplied or invalid"),
    Why.SCOPE: No(403, text="Forbidden: token has insufficient scope permission"),
    Why.INVALID: No(400, text="Bad Request: {text}"),
    Why.UNREADABLE: No(422, text="Unprocessable Entity: {text}"),
    Why.TOO_LARGE: No(400, text="Bad Request: file exceeds limit of {text}"),
    Why.NOT_FOUND: No(404, text="Not Found"),
    Why.GONE: No(404, text="Not Found"),
    Why.FORBIDDEN: No(403, text="Forbidden: {text}"),
    Why.NO_ROUTE: No(404, text="Not Found"),
    Why.TOO_MANY: No(429, text="rate limit reached"),
}
SNAC = dict.fromkeys(Why, No(404, Form.HTML, "404 Not Found")) | {
    Why.NO_TOKEN: No(422, Form.EMPTY),
    Why.REVOKED: No(422, Form.EMPTY),
    Why.INVALID: No(400, Form.HTML, "400 Bad Request"),
    Why.TOO_MANY: No(429, Form.HTML, "429 Too Many Requests"),  # said by a proxy: snac counts nothing
}
TAKAHE = {
    Why.NO_TOKEN: No(400, Form.HTML, "Bad Request"),
    Why.REVOKED: No(400, Form.HTML, "Bad Request"),
    Why.SCOPE: No(403, Form.HTML, "Forbidden"),
    Why.INVALID: No(400, text="{text}"),
    Why.UNREADABLE: No(500, Form.TEXT, "Internal Server Error"),
    Why.TOO_LARGE: No(413, Form.HTML, "Request Entity Too Large"),
    Why.NOT_FOUND: No(404, Form.HTML, "Not Found"),
    Why.GONE: No(404, Form.HTML, "Not Found"),
    Why.FORBIDDEN: No(403, Form.HTML, "Forbidden"),
    Why.NO_ROUTE: No(404, Form.HTML, "Not Found"),
    Why.TOO_MANY: No(429, Form.HTML, "Too Many Requests"),
}
