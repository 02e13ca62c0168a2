#!/bin/sh
# A scanner plugin for Cordon in the shell, cordon-plugin(7): talks on standard input and output, for inetd, a systemd
# socket with Accept=yes, or socat UNIX-LISTEN:SOCKET,fork EXEC:plugin.sh. Finds the EICAR test string; put your own into
# judge. The piece is in a file of its own, never in a variable: the shell can't hold every byte.
export LC_ALL=C
piece=$(mktemp) || exit 1
trap 'rm -f "$piece" "$piece.flat"' EXIT

judge() {
    needle='7}$EIC''AR-STANDARD-ANTI''VIRUS-TEST-FILE!'
    encoded='JEVJQ0FSLVNU''QU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgr'
    tr -d '\r\n' <"$piece" >"$piece.flat" || { echo failed tr; return; }
    grep -aqF -e "$needle" -e "$encoded" "$piece.flat"
    case $? in
    0) echo infected Eicar-Test ;;
    1) echo clean ;;
    *) echo failed grep ;;
    esac
}

IFS= read -r line && [ "$line" = 'cordon-plugin 1' ] || exit 1
echo 'cordon-plugin 1'
while IFS=' ' read -r word size; do
    case $word in
    version) echo 'version 1 Example plugin in the shell 1.0' ;;
    scan)
        dd bs=65536 count="$size" iflag=fullblock,count_bytes of="$piece" 2>/dev/null
        [ "$(wc -c <"$piece")" -eq "$size" ] || exit 1
        judge ;;
    *) exit 1 ;;
    esac
done
