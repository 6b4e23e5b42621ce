// Whether a signature is a qualified one, by the trusted lists (ETSI TS 119 615 §4.4 to §4.6).
// Apart from its validity: a qualification is what the signature would have if it is valid.
#pragma once

#include <string_view>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "verifier/trusted_lists.h"

namespace sceau::verifier {

enum class Qualification { kQes, kQeseal, kAdesQc, kAdesQcSeal, kNotQualified, kUnknown };
std::string_view NameOf(Qualification qualification);  // "QES", ... as the report names it

// `at`: the proven time of the signature, else the instant of judgement. The service that issued
// the certificate must have been granted then and when it issued it.
// kUnknown when no list at hand could name the issuer.
Qualification QualificationOf(X509* certificate, const TrustedLists& lists, absl::Time at);

}  // namespace sceau::verifier
