// What an attacker does to a signed document: edits its text, and signs again with a key of his
// own.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/openssl.h"
#include "tests/signer/signing_support.h"
#include "xml/canonical.h"

namespace sceau::test {

// Small, UTF-8 without declaration, so that a test can read it as a fragment.
gen::PesSpec SmallSpec();

// The text between the first `from` and the next `to`, both included.
std::string Between(std::string_view text, std::string_view from, std::string_view to);
// The first (or each) occurrence; it is an error of the test when there is none.
std::string Replaced(std::string text, std::string_view from, std::string_view to);
std::string ReplacedAll(std::string text, std::string_view from, std::string_view to);
// Before the first occurrence.
std::string InsertedBefore(std::string text, std::string_view mark, std::string_view inserted);
std::string InsertedAfter(std::string text, std::string_view mark, std::string_view inserted);
// The last occurrence of `mark`.
std::string InsertedBeforeLast(std::string text, std::string_view mark, std::string_view inserted);

// The first ds:Signature made true again as far as it can be: every DigestValue whose reference
// names the parent, the document or a part of the signature, then the SignatureValue with `key`
// (ECDSA as r‖s), each with the algorithms written there.
std::string Resealed(std::string document, EVP_PKEY* key);
// The same with another form of the value, e.g. DER for ECDSA.
std::string WithValue(std::string document, const std::string& value);
std::string SignedInfoOctets(const std::string& document);
// What a time stamp is made on: the SignatureValue element, inclusive canonical form.
std::string SignatureValueOctets(const std::string& document);
// What an archive time stamp is made on (TS 101 903 v1.4.2 §8.2.1) that would stand after all
// unsigned properties of the first ds:Signature.
std::string ArchiveOctets(const std::string& document, const xml::CanonicalOptions& canonical);
std::string SignRaw(EVP_PKEY* key, const EVP_MD* digest, std::string_view message);
// ECDSA's DER as r‖s of `size` bytes each.
std::string RawEcdsa(std::string_view der, size_t size);

std::string X509CertificateElement(const std::string& der);

// The codes of a signature's reasons.
std::vector<std::string> Codes(const verifier::SignatureReport& signature);

// A document signed bordereau by bordereau and one signed whole, and their judge.
class Attack : public testing::Test {
 protected:
  Attack();

  std::string Signed(const gen::PesSpec& spec, signer::Selection::What what,
                     const std::string& profile = "helios-v3");
  // No signature of the document is intact, the verdict is not TOTAL_PASSED, and where `code` is
  // given, it is among the reasons.
  void ExpectNoneIntact(const std::string& document, std::string_view code = {});
  // Refused whole.
  void ExpectRefused(const std::string& document, Reason reason);
  // The attack changes nothing that is signed: TOTAL_PASSED as before.
  void ExpectPassed(const std::string& document);

  Signing signing_;
  std::string bordereau_;  // one bordereau (Id BORDD0001), signed
  std::string whole_;      // the same, its root signed
  std::string signature_;  // the ds:Signature in bordereau_
  std::string element_;    // the signed Bordereau in bordereau_
};

}  // namespace sceau::test
