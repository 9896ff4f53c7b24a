#!/bin/sh
# Makes the certificates of this folder anew, but for localhost's: authorities, and identities that they sign, each in
# one file with its key and with the authorities in between. They are good from 2000 to 2100, so that no test depends on
# the day. Needs openssl 3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > openssl.cnf <<'CONFIG'
[ca]
default_ca = authority
[authority]
new_certs_dir = .
database = index
rand_serial = yes
default_md = sha256
policy = anything
unique_subject = no
default_crl_days = 1
crlnumber = crl-number
crl_extensions = list_extensions
[anything]
commonName = optional
organizationName = optional
[list_extensions]
authorityKeyIdentifier = keyid
[authority_extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
CONFIG
: > index
echo 01 > crl-number

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }

# sign NAME ISSUER SUBJECT EXTENSIONS-FILE SECTION [END]
sign() {
  openssl req -new -key "$1.key" -subj "$3" -out "$1.csr" -config openssl.cnf
  signer="-cert $2.crt -keyfile $2.key"
  test "$1" = "$2" && signer="-selfsign -keyfile $1.key"
  # shellcheck disable=SC2086
  openssl ca -batch -notext -config openssl.cnf $signer -in "$1.csr" -out "$1.crt" \
    -startdate 20000101000000Z -enddate "${6:-21000101000000Z}" -extfile "$4" -extensions "$5" 2> log || { cat log; exit 1; }
}

# authority NAME ISSUER
authority() { key "$1"; sign "$1" "$2" "/CN=$1" openssl.cnf authority_extensions; }

# identity NAME ISSUER SUBJECT EXTENSIONS [END]
identity() {
  key "$1"
  printf '[own]\n%b' "$4" > extensions
  sign "$1" "$2" "$3" extensions own "${5:-}"
  cat "$1.crt" "$1.key" > "$here/$1.pem"
}

client='extendedKeyUsage = clientAuth\n'
here_names='subjectAltName = DNS:localhost, IP:127.0.0.1\n'
authority ca ca
authority stranger-ca stranger-ca
authority between ca
cp ca.crt "$here/ca.pem"
identity server ca /CN=server "extendedKeyUsage = serverAuth, clientAuth\n$here_names"
identity server-only ca /CN=server "extendedKeyUsage = serverAuth\n$here_names"
identity root ca /CN=root "$client"
identity alice ca /CN=alice "$client"
identity bob ca /CN=bob "${client}subjectAltName = DNS:*.bob.example, IP:192.0.2.7\n"
identity nameless ca /O=nobody "$client"
identity revoked ca /CN=bob "${client}subjectAltName = DNS:x.bob.example\n"
identity expired ca /CN=alice "$client" 20010101000000Z
identity stranger stranger-ca /CN=root "$client"
identity carol between /CN=carol "$client"
cat between.crt >> "$here/carol.pem"
as_ca() { openssl ca -config openssl.cnf -cert ca.crt -keyfile ca.key "$@" 2> log || { cat log; exit 1; }; }
as_ca -revoke revoked.crt
# Out of date, which etcd does not mind.
as_ca -gencrl -crl_lastupdate 20000101000000Z -crl_nextupdate 20000102000000Z -out "$here/revoked.crl.pem"
openssl crl -in "$here/revoked.crl.pem" -outform DER -out "$here/revoked.crl"
