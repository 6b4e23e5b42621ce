// The validation report of ETSI TS 119 102-2 (XML, v1.4.1 of its schema): one
// SignatureValidationReport per signature, in the order of files and signatures.
//
// The schema asks for at least one; a file without a signature, or one that could not be judged,
// has one with an indication of our own: urn:sceau:mainindication:no-signature, :refused.
#pragma once

#include <set>
#include <string>

#include "base/json.h"
#include "base/lang.h"
#include "verifier/report.h"

namespace sceau::cli {

class EtsiReport {
 public:
  // `lang`: of the sentences that explain a reason.
  EtsiReport(Lang lang, const TextSink& sink);
  void File(const verifier::FileReport& report);
  void Finish();

 private:
  const Lang lang_;
  const TextSink sink_;
  std::set<std::string> certificates_;  // SHA-256 of those referred to
};

}  // namespace sceau::cli
