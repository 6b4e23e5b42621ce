// What a key's certificate says it is for (RFC 5280 §4.2.1.3).
#pragma once

#include <string>
#include <string_view>

#include "base/lang.h"

namespace sceau::cli {

enum class Purpose {
  kUnknown,         // no certificate is visible
  kSignature,       // nonRepudiation, or no limit
  kAuthentication,  // digitalSignature without nonRepudiation: listed, never offered for signing
  kOther,           // neither
};

// Of a certificate in DER; empty: kUnknown.
Purpose PurposeOf(const std::string& certificate);
// "SIGNATURE"
std::string_view NameOf(Purpose purpose);
const Text& TextOf(Purpose purpose);

}  // namespace sceau::cli
