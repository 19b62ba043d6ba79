# SPDX-License-Identifier: Apache-2.0
"""Documents to print, with markers that must never be found where they do not belong."""
import os
import secrets


def marker():
    """32 letters that occur nowhere else."""
    return "MARK" + secrets.token_hex(14).upper()


def pdf(text, size=0):
    """A small valid PDF that shows text on an A4 page; filled with a random comment up to size bytes."""
    shown = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    stream = f"BT /F1 24 Tf 72 720 Td ({shown}) Tj ET".encode()
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
               b"/Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    if size > 1200:
        out += b"%" + os.urandom((size - 1200) // 2).hex().encode() + b"\n"
    for n, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % o for o in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    return bytes(out)


def forms(text):
    """The shapes in which a marker could lie about: raw, UTF-16, hex, base64 at three offsets."""
    import base64
    raw = text.encode()
    found = {"raw": raw, "utf-16-le": text.encode("utf-16-le"), "utf-16-be": text.encode("utf-16-be"),
             "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        first = [0, 2, 3][shift]
        found[f"base64+{shift}"] = encoded[first:len(encoded) - 4]
    return found


def search(folder, markers):
    """[(path, marker, form)] for every marker in any form in any file below folder."""
    wanted = [(m, name, shape) for m in markers for name, shape in forms(m).items()]
    hits = []
    for d, _, files in os.walk(folder):
        for f in files:
            path = os.path.join(d, f)
            try:
                with open(path, "rb") as file:
                    data = file.read()
            except OSError:
                continue
            hits += [(path, m, name) for m, name, shape in wanted if shape in data]
    return hits
