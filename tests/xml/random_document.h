// Documents made by chance that show every corner of XML and its namespaces, without a DOCTYPE.
#pragma once

#include <cstdint>
#include <string>

namespace sceau::test {

// The same seed gives the same bytes. Most are ISO-8859-1 or UTF-8 of a few hundred bytes; some are
// deep (up to 250 elements) or wide. All are well-formed, also by Namespaces in XML.
std::string RandomDocument(uint64_t seed);

}  // namespace sceau::test
