"""Private keys: PEM of every kind (RFC 7468, RFC 4716, OpenSSH, OpenPGP), PuTTY's files, JSON and XML forms, WireGuard."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Detector, Found, Pattern
from dlp.detect.secrets.example import expanded
from dlp.detect.secrets.secrecy import entropy
from dlp.detect.view import View

_LONGEST_KEY = 24_000
_SHORTEST_BODY = 24
_ENOUGH = 400
_BEGIN = Pattern(r"-{2,6} ?BEGIN ((?:[A-Z0-9]{1,12} ){0,4}(?:PRIVATE KEY|PRIVATE KEY BLOCK|SSH2 ENCRYPTED PRIVATE KEY)) ?-{2,6}")
_END = Pattern(r"-{2,6} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{2,6}")
# A line of the block as typed, quoted ("> ") or escaped in JSON ("\\n"); the last one may be short.
_BODY = Pattern(
    r"""(?:[ \t\r\n>|"'+,]|\\{1,2}[nrt]|(?:Proc-Type|DEK-Info|Version|Comment|Subject|Hash|Charset)[^\n\\]{1,100}|[0-9A-Za-z+/=]{8,}+|[0-9A-Za-z+/=]{1,7}(?![a-zа-я ]))*+"""
)
_BASE64 = Pattern(r"[0-9A-Za-z+/]{16,}+={0,2}")
_NOT_BASE64 = Pattern(r"[^0-9A-Za-z+/=](?:(?<=\\)\\?[nrt])?+")
_PUTTY = Pattern(
    r"PuTTY-User-Key-File-[23]: [\w@.+-]{3,60}\s{1,4}(?:[A-Z][A-Za-z0-9-]{3,24}: [^\n]{0,200}\s{1,4}|[0-9A-Za-z+/=]{4,80}\s{1,4}){4,400}(?:Private-MAC: [0-9a-f]{20,64})?"
)


class PemPrivateKey:
    """A private key between its BEGIN and END lines, or as far as the block goes where it is cut off.

    Public keys and certificates are none; a block whose body is not base64 (`...`, a header only) is none either.
    """

    name = "private_key"
    entity = "PRIVATE_KEY"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = ("private key-", "private key -", "private key block")
    before = 80
    after = 4
    matches: tuple[str, ...] = (
        expanded("вот ключ:\n-----BEGIN RSA PRIVATE KEY-----\n{64b}\n{64b}\n{22b}==\n-----END RSA PRIVATE KEY-----"),
        expanded("-----BEGIN OPENSSH PRIVATE KEY-----\n{64b}\n{64b}"),
        expanded('"private_key": "-----BEGIN PRIVATE KEY-----\\n{64b}\\n{64b}\\n-----END PRIVATE KEY-----\\n"'),
        expanded(
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{64b}\n{64b}\n=aB3x\n-----END PGP PRIVATE KEY BLOCK-----"
        ),
    )
    ignores: tuple[str, ...] = (
        expanded("-----BEGIN PUBLIC KEY-----\n{64b}\n{64b}\n-----END PUBLIC KEY-----"),
        "ищи в файле строку -----BEGIN RSA PRIVATE KEY----- и удали",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The keys that begin in the window."""
        reach = min(len(view.text), end + 80)
        for begin in _BEGIN.finditer(view.text, start, reach):
            if begin.start() >= end:
                return
            stop = _end_of_block(view.text, begin.end())
            body = _NOT_BASE64.compiled.sub("", view.text[begin.end() : min(stop, begin.end() + _ENOUGH)])
            if len(body) >= _SHORTEST_BODY and entropy(body) > 3.5:
                encrypted = "ENCRYPTED" in view.text[begin.start() : min(stop, begin.end() + 60)]
                yield Found(
                    begin.start(),
                    stop,
                    body[:64],
                    0.9 if encrypted else 0.99,
                    "key block, encrypted" if encrypted else "key block",
                )


def _end_of_block(text: str, start: int) -> int:
    """Where the block that has its first line before `start` ends: after its END line, else after its last base64."""
    limit = min(len(text), start + _LONGEST_KEY)
    body = _BODY.match(text, start, limit)
    stop = body.end() if body else start
    end = _END.match(text, stop, min(len(text), stop + 100))
    if end:
        return end.end()
    last = start
    for last_run in _BASE64.finditer(text, start, stop):
        last = last_run.end()
    return last


class PuttyPrivateKey:
    """A private key in PuTTY's own form, from its first line to its check code."""

    name = "putty_private_key"
    entity = "PRIVATE_KEY"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = ("putty-user-key-file-",)
    before = 24
    after = 4
    matches: tuple[str, ...] = (
        expanded(
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: work\nPublic-Lines: 1\n{64b}\nPrivate-Lines: 1\n{44b}\nPrivate-MAC: {64x}"
        ),
    )
    ignores: tuple[str, ...] = ("PuTTY-User-Key-File-3: ssh-rsa", "файл начинается с PuTTY-User-Key-File-2")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The files that begin in the window."""
        at = view.lower.find(self.words[0], start, end)
        while at >= 0:
            match = _PUTTY.match(view.text, at, min(len(view.text), at + _LONGEST_KEY))
            at = view.lower.find(self.words[0], at + 1, end)
            if match and "Private-Lines" in match.group():
                stop = match.start() + len(match.group().rstrip())
                yield Found(match.start(), stop, match.group()[:64], 0.98, "key file")


class FieldPrivateKey:
    """A private key as one field: WireGuard's `PrivateKey =`, a JSON Web Key's "d" (RFC 7517), XML's <D>."""

    name = "private_key_field"
    entity = "PRIVATE_KEY"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = ("privatekey", "private_key", '"kty"', "<rsakeyvalue>")
    before = 16
    after = 700
    matches: tuple[str, ...] = (
        expanded("[Interface]\nPrivateKey = {42b}E=\nAddress = 10.8.0.2/24"),
        expanded('{"kty":"EC","crv":"P-256","x":"{43w}","d":"{43w}"}'.replace("{43w}", "{43}")),
        expanded("<RSAKeyValue><Modulus>{88b}</Modulus><D>{88b}</D></RSAKeyValue>"),
    )
    ignores: tuple[str, ...] = (
        "PrivateKey = <insert here>",
        expanded("PublicKey = {43b}="),
        expanded('{"kty":"EC","crv":"P-256","x":"{43}"}'),
    )
    _pattern = Pattern(
        r"""(?i:private_?key)["']?\s{0,3}[:=]\s{0,3}["']?([0-9A-Za-z+/]{42}[AEIMQUYcgkosw048]=)(?![0-9A-Za-z+/=])"""
        r"""|"d"\s{0,3}:\s{0,3}"([0-9A-Za-z_-]{40,700}+)"|<D>([0-9A-Za-z+/=\s]{40,900}+)</D>"""
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The fields in the window."""
        for match in self._pattern.finditer(view.text, start, min(len(view.text), end + 900)):
            begin, stop = match.span(match.lastindex or 0)
            if entropy(view.text[begin:stop]) > 3.5:
                yield Found(begin, stop, view.text[begin:stop], 0.9, "field of a key")


DETECTORS: tuple[Detector, ...] = (PemPrivateKey(), PuttyPrivateKey(), FieldPrivateKey())
