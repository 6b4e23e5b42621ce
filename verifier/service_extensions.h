// The extensions of a service's information in a trusted list (ETSI TS 119 612 §5.5.9).
#pragma once

#include <string>
#include <string_view>

#include "verifier/trusted_list.h"
#include "xml/fragment.h"

namespace sceau::verifier {

inline constexpr std::string_view kTrustedListNamespace = "http://uri.etsi.org/02231/v2#";

// What follows `mark` in a URI; empty when `mark` is not in it.
std::string AfterMark(std::string_view uri, std::string_view mark);

// Reads a ServiceInformationExtensions into the period.
void ReadServiceExtensions(const xml::FragmentNode& extensions, ServicePeriod& period);

}  // namespace sceau::verifier
