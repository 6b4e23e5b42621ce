// Who signed a trusted list (ETSI TS 119 612 §5.7), and whether the list is what was signed.
#pragma once

#include <set>
#include <string>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/status.h"
#include "verifier/trusted_list.h"

namespace sceau::verifier {

// SHA-256 of certificates, lower-case hexadecimal.
using ListSigners = std::set<std::string>;
ListSigners SignersOf(const std::vector<X509Handle>& certificates);

struct ListSignature {
  std::string signer;  // SHA-256 of the certificate, hexadecimal
  std::string sha256;  // of the file, hexadecimal
};

// Exactly one signature, of the whole list, intact, with algorithms that may be relied on at `at`.
// Whether its signer may sign the list remains to be judged.
// Errors: those of xml::Parse; kTrustedListNotTrusted with what is wrong.
StatusOr<ListSignature> CheckListSignature(const InputFile& file, absl::Time at);

// A list that is what `signer` signed, read.
struct SignedList {
  std::string signer;
  TrustedList list;
};
// Errors: those of CheckListSignature and ReadTrustedList; kInputChanged.
StatusOr<SignedList> OpenTrustedList(const InputFile& file, absl::Time at);

}  // namespace sceau::verifier
