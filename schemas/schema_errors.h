// libxml2's schema errors as rules with stable names.
#pragma once

#include <string>
#include <string_view>

namespace sceau::schemas {

struct SchemaFault {
  std::string_view rule;   // "SCHEMA_VALUE_PATTERN"
  bool of_value = false;   // the value of the attribute, or else of the element's text
  std::string attribute;   // concerned; empty: the element
  std::string constraint;  // what the schema asks: a pattern, the names expected
};

// `code` is an XML_SCHEMAV_ code, `message` what libxml2 says with it.
SchemaFault FaultOf(int code, std::string_view message);

// At most some two hundred bytes, cut between characters.
std::string ShortValue(std::string_view value);

}  // namespace sceau::schemas
