// What a person can do about the reason of a verdict.
#pragma once

#include <string_view>

#include "base/lang.h"
#include "verifier/signature_report.h"

namespace sceau::cli {

// Empty when there is nothing to do (remarks, information).
std::string_view AdviceFor(const verifier::SignatureReason& reason, Lang lang);

}  // namespace sceau::cli
