"""TLS towards a channel: only the certificate authority that was pinned is believed, where one was."""

from __future__ import annotations

import os
import ssl


def client_context(pinned: str = "", certificate: str = "", private_key: str = "") -> ssl.SSLContext:
    """A context that checks name and chain; `pinned` is PEM of the only authorities believed, else the machine's are.

    `certificate` and `private_key` (PEM) are shown to a server that wants to know us. Raises ssl.SSLError for bad PEM.
    """
    context = ssl.create_default_context(cadata=pinned or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate:
        _show(context, certificate, private_key)
    return context


def _show(context: ssl.SSLContext, certificate: str, private_key: str) -> None:
    # OpenSSL's loader wants a file; a private key is put into memory only, never on disk.
    descriptor = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, f"{certificate}\n{private_key}\n".encode())
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
