#include "verifier/trusted_list_signature.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"
#include "verifier/verifier.h"

namespace sceau::verifier {
namespace {

std::string FirstError(const SignatureReport& signature) {
  for (const SignatureReason& reason : signature.reasons) {
    if (reason.severity == schemas::Severity::kError) return reason.code;
  }
  return "";
}

}  // namespace

ListSigners SignersOf(const std::vector<X509Handle>& certificates) {
  ListSigners out;
  for (const X509Handle& it : certificates) {
    out.insert(ToHex(DigestOf(DigestAlgorithm::kSha256, DerWith(it.get(), i2d_X509))));
  }
  return out;
}

StatusOr<ListSignature> CheckListSignature(const InputFile& file, absl::Time at) {
  // Without anchors: the certificate is compared with those that are named, no chain is needed.
  VerifyOptions options;
  options.validation_time = at;
  const FileReport report = Verify(file, "", options);
  if (report.verdict == Verdict::kRefused) return report.refusal;
  const auto wrong = [](std::string_view what) {
    return Error(Reason::kTrustedListNotTrusted, what);
  };
  if (report.signatures.size() != 1) return wrong(Concat("signatures: ", report.signatures.size()));
  const SignatureReport signature = report.signatures[0];
  if (signature.integrity != Integrity::kIntact) return wrong(FirstError(signature));
  if (signature.scope != schemas::Scope::kWhole || !signature.signer) return wrong("scope");
  const bool weak = std::any_of(signature.reasons.begin(), signature.reasons.end(),
                                [](const auto& it) { return it.code == "WEAK_ALGORITHM"; });
  if (weak) return wrong("WEAK_ALGORITHM");
  return ListSignature{signature.signer->sha256, report.sha256};
}

StatusOr<SignedList> OpenTrustedList(const InputFile& file, absl::Time at) {
  SCEAU_ASSIGN_OR_RETURN(const ListSignature signature, CheckListSignature(file, at));
  SignedList out;
  out.signer = signature.signer;
  std::string sha256;
  SCEAU_ASSIGN_OR_RETURN(out.list, ReadTrustedList(file, sha256));
  // What is relied on is what was checked, whoever else writes into the folder.
  if (ToHex(sha256) != signature.sha256) return Error(Reason::kInputChanged);
  return out;
}

}  // namespace sceau::verifier
