#!/usr/bin/env bash
# fetchTexts.sh DIR: unpacks translations and manuals of Debian packages into DIR, for scripts/encodings/measureEncodings.ts.
# Needs apt-get and dpkg-deb (Debian or Ubuntu), about 70 MB of downloads.
set -euo pipefail
mkdir -p "$1/packages"
cd "$1/packages"
apt-get download coreutils iso-codes libglib2.0-data libgtk-3-common util-linux-locales vlc-l10n \
  manpages-{cs,da,de,es,fi,fr,hu,it,ja,mk,nb,nl,pl,pt-br,ro,ru,sr,sv,uk,vi,zh}
for package in *.deb; do
  dpkg-deb --fsys-tarfile "$package" |
    tar --extract --directory .. --wildcards './usr/share/locale/*' './usr/share/man/*' 2>/dev/null || true
done
