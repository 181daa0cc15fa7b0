"""SOURCES.md: where every pixel comes from."""

import photos

HEAD = """# Where the pictures come from

Made by `make/make.sh`; this file is written by it too. Everything not listed under Photos is drawn by the templates in
`make/templates` with the invented texts in `make/content`: people, handles, apps, banks, phones and course names are
made up. Those pictures, and the edits of the photos, are part of this project and under its licence. Lettering is rendered
with free fonts (named in `make/README.md`); no font file is shipped.

## Photos
Each comes out of a wheel on PyPI. The licence column repeats what the package says of the file; for the raccoon that is
only the address of the public-domain site it was taken from. Photos are scaled and cut to size; the emblems on the
rocket's nose are wiped out, and the astronaut is cut above the badges of the suit.

| photo | package | file in the wheel | licence | stated in | sha256 of the file |
|---|---|---|---|---|---|
"""


def table(pictures) -> str:
    text = HEAD
    for name, s in photos.SOURCES.items():
        text += f"| {name} | {s.package} {s.version} | `{s.member}` | {s.licence} | `{s.stated_in}` | `{s.sha256}` |\n"
    text += "\n## Pictures that use a photo\n\n| file | photos |\n|---|---|\n"
    for picture in sorted(pictures, key=lambda p: p.name):
        if picture.uses:
            text += f"| `{picture.name}` | {', '.join(picture.uses)} |\n"
    return text
