// The public side of a key, in OpenSSL: does a certificate belong to it, is a signature right.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "base/signature_scheme.h"
#include "base/status.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

// What tells two public keys apart; an empty number is unknown.
struct PublicNumbers {
  KeyType type = KeyType::kRsa;
  int bits = 0;
  std::string modulus;  // RSA: big-endian without leading zeros
  std::string point;    // EC: uncompressed (X9.62); Ed25519: the 32 bytes
};

// Null when the DER is no certificate.
X509Handle ParseCertificate(std::string_view der);
std::string DerOf(const X509* certificate);
// Null for a key of another type.
std::optional<PublicNumbers> NumbersOf(EVP_PKEY* key);
// Bits of the curve that CKA_EC_PARAMS (DER) names; 0 when unknown.
int CurveBits(std::string_view parameters);
// OpenSSL's name of it; empty when unknown.
std::string CurveName(std::string_view parameters);
// CKA_EC_POINT is the DER of an OCTET STRING; some modules give the point itself.
std::string PointFrom(const std::string& value);
// True when some number is known of both.
bool Comparable(const PublicNumbers& a, const PublicNumbers& b);
// True when some number that both know differs.
bool Contradict(const PublicNumbers& a, const PublicNumbers& b);

bool IsAuthority(const X509* certificate);
// When a certificate (DER) ends; the infinite past when it cannot be read.
absl::Time ExpiryOf(std::string_view certificate);
// The certificate, then its issuers among `others`, up to a self-signed one. All DER.
std::vector<std::string> ChainOf(const std::string& certificate,
                                 std::span<const std::string> others);

// Brings r‖s to the length XML Signature 1.1 §6.4.3 asks for: twice that of the curve's order.
// PKCS#11 v2.40 (mechanisms, §2.3.1) lets a token shorten both halves alike.
std::string PadEcdsa(EVP_PKEY* key, std::string_view signature);
// r‖s to the DER of ECDSA-Sig-Value (RFC 3279 §2.2.3), as OpenSSL and PKIX have it.
std::string EcdsaDer(std::string_view signature);
// `signature` as Sign returns it (ECDSA as r‖s). Error kSignatureCheckFailed.
Status CheckSignature(EVP_PKEY* key, const SignatureScheme& scheme, std::string_view message,
                      std::string_view signature);

}  // namespace sceau::hsm
