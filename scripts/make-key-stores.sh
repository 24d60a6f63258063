#!/bin/sh
# Makes test/fixtures/key-stores anew, with keytool of Java 17 and OpenSSL 3. The tests themselves need neither.
set -eu
export LC_ALL=C.UTF-8
out="$(cd "$(dirname "$0")/.." && pwd)/test/fixtures/key-stores"
keytool="${KEYTOOL:-keytool}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
rm -f "$out"/*
password=changeit
days=36500

# ks STORE keytool's arguments …
ks() { store="$1"; shift; "$keytool" "$@" -keystore "$store" -storepass "$password" -noprompt 2>/dev/null; }

# An authority that signs, and another one.
ks "$work/ca.p12" -genkeypair -alias ca -dname 'CN=Store Authority' -ext bc:c -keyalg RSA -keysize 2048 -validity $days
ks "$work/other.p12" -genkeypair -alias other -dname 'CN=Other Authority' -ext bc:c -keyalg EC -groupname secp256r1 \
  -validity $days
ks "$work/ca.p12" -exportcert -rfc -alias ca > "$work/ca.pem"
ks "$work/other.p12" -exportcert -rfc -alias other > "$work/other.pem"

# Two keys: First is RSA with a chain of two, second is EC and signed by itself.
key_store() {
  file="$1"; shift
  ks "$file" -genkeypair -alias First -dname 'CN=first.example.org' -keyalg RSA -keysize 2048 -validity $days "$@"
  ks "$file" -certreq -alias First > "$work/first.csr"
  ks "$work/ca.p12" -gencert -alias ca -rfc -ext san=dns:first.example.org -validity $days -infile "$work/first.csr" \
    > "$work/first.pem"
  cat "$work/first.pem" "$work/ca.pem" > "$work/chain.pem"
  ks "$file" -importcert -alias First -file "$work/chain.pem" "$@"
  ks "$file" -genkeypair -alias second -dname 'CN=second.example.org' -keyalg EC -groupname secp256r1 -validity $days "$@"
}

# Java 8 to 16: SHA-1 with RC2-40 for certificates and 3DES for keys.
key_store "$out/java8.p12" -J-Dkeystore.pkcs12.legacy
# Java 17 and later: PBES2 with AES-256 and HmacSHA256. A secret key and a certificate to trust lie beside the keys.
key_store "$out/java17.p12"
ks "$out/java17.p12" -genseckey -alias shared -keyalg AES -keysize 128
ks "$out/java17.p12" -importcert -alias other -file "$work/other.pem"

# A key with a password of its own, which keytool does not make.
cat > "$work/OwnPassword.java" <<'JAVA'
import java.io.*; import java.security.*;
class OwnPassword {
  public static void main(String[] a) throws Exception {
    KeyStore in = KeyStore.getInstance(new File(a[0]), a[2].toCharArray());
    KeyStore out = KeyStore.getInstance("PKCS12");
    out.load(null, null);
    Key key = in.getKey("First", a[2].toCharArray());
    out.setKeyEntry("first", key, "keypass".toCharArray(), in.getCertificateChain("First"));
    try (OutputStream file = new FileOutputStream(a[1])) { out.store(file, a[2].toCharArray()); }
  }
}
JAVA
"$(dirname "$(command -v "$keytool")")/java" "$work/OwnPassword.java" "$out/java17.p12" "$out/java17-key.p12" $password

# Trust stores without a key.
trust_store() {
  file="$1"; shift
  for name in ca other; do ks "$file" -importcert -alias $name -file "$work/$name.pem" "$@"; done
}
trust_store "$out/trust-java17.jks"
trust_store "$out/trust-java8.p12" -J-Dkeystore.pkcs12.legacy
trust_store "$out/trust-mac-only.p12" -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE
trust_store "$out/trust-open.p12" -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE \
  -J-Dkeystore.pkcs12.macAlgorithm=NONE

# Java's own formats, which are refused.
ks "$out/real.jks" -importcert -alias ca -file "$work/ca.pem" -storetype JKS
ks "$out/real.jceks" -importcert -alias ca -file "$work/ca.pem" -storetype JCEKS

# OpenSSL: today's ciphers, those of 1.1 and earlier, other MACs and ciphers, no encryption, other passwords.
openssl pkcs12 -in "$out/java17.p12" -passin pass:$password -nodes -nocerts 2>/dev/null \
  | awk '/BEGIN PRIVATE KEY/ { n++ } n == 1 { print } /END PRIVATE KEY/ && n == 1 { exit }' > "$work/first.key"
openssl_store() {
  file="$1"; pass="$2"; shift 2
  openssl pkcs12 -export -inkey "$work/first.key" -in "$work/first.pem" -certfile "$work/ca.pem" -name first \
    -passout "pass:$pass" -out "$out/$file" "$@"
}
openssl_store openssl3.p12 $password
openssl_store openssl-legacy.p12 $password -legacy
openssl_store openssl-sha512.p12 $password -keypbe AES-128-CBC -certpbe AES-192-CBC -macalg sha512
openssl_store openssl-3des.p12 $password -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1
openssl_store openssl-rc2-128.p12 $password -legacy -certpbe PBE-SHA1-RC2-128
openssl_store openssl-plain.p12 $password -keypbe NONE -certpbe NONE
openssl_store openssl-no-mac.p12 $password -nomac
openssl_store openssl-empty.p12 ''
openssl_store openssl-umlaut.p12 'Schlüssel€'
openssl pkcs12 -export -nokeys -in "$work/ca.pem" -passout pass:$password -out "$out/openssl-trust.p12"
