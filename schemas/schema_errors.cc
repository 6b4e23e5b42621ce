#include "schemas/schema_errors.h"

#include <libxml/xmlerror.h>

#include "base/cut.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

// What libxml2 2.9 says before the constraint, and with which character that ends.
struct Row {
  int code;
  std::string_view rule;
  bool of_value;
  std::string_view before;
  char end;
};

constexpr Row kRows[] = {
    {XML_SCHEMAV_CVC_PATTERN_VALID, "SCHEMA_VALUE_PATTERN", true, "by the pattern '", '\''},
    {XML_SCHEMAV_CVC_ENUMERATION_VALID, "SCHEMA_VALUE_NOT_LISTED", true, "of the set {", '}'},
    {XML_SCHEMAV_CVC_LENGTH_VALID, "SCHEMA_VALUE_LENGTH", true, "length of '", '\''},
    {XML_SCHEMAV_CVC_MINLENGTH_VALID, "SCHEMA_VALUE_LENGTH", true, "minimum length of '", '\''},
    {XML_SCHEMAV_CVC_MAXLENGTH_VALID, "SCHEMA_VALUE_LENGTH", true, "maximum length of '", '\''},
    {XML_SCHEMAV_CVC_MININCLUSIVE_VALID, "SCHEMA_VALUE_RANGE", true, "('", '\''},
    {XML_SCHEMAV_CVC_MAXINCLUSIVE_VALID, "SCHEMA_VALUE_RANGE", true, "('", '\''},
    {XML_SCHEMAV_CVC_MINEXCLUSIVE_VALID, "SCHEMA_VALUE_RANGE", true, "greater than '", '\''},
    {XML_SCHEMAV_CVC_MAXEXCLUSIVE_VALID, "SCHEMA_VALUE_RANGE", true, "less than '", '\''},
    {XML_SCHEMAV_CVC_TOTALDIGITS_VALID, "SCHEMA_VALUE_DIGITS", true, "('", '\''},
    {XML_SCHEMAV_CVC_FRACTIONDIGITS_VALID, "SCHEMA_VALUE_DIGITS", true, "('", '\''},
    {XML_SCHEMAV_CVC_FACET_VALID, "SCHEMA_VALUE_TYPE", true, " type '", '\''},
    {XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1, "SCHEMA_VALUE_TYPE", true, " type '", '\''},
    {XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_2, "SCHEMA_VALUE_TYPE", true, " type '", '\''},
    {XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3, "SCHEMA_VALUE_TYPE", true, " type '", '\''},
    {XML_SCHEMAV_CVC_ELT_5_2_2_2_1, "SCHEMA_VALUE_TYPE", true, "fixed value constraint '", '\''},
    {XML_SCHEMAV_CVC_ELT_5_2_2_2_2, "SCHEMA_VALUE_TYPE", true, "fixed value constraint '", '\''},
    {XML_SCHEMAV_CVC_AU, "SCHEMA_VALUE_TYPE", true, "fixed value constraint '", '\''},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, "SCHEMA_ATTRIBUTE_UNEXPECTED", false, "", 0},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, "SCHEMA_ATTRIBUTE_UNEXPECTED", false, "", 0},
    {XML_SCHEMAV_CVC_TYPE_3_1_1, "SCHEMA_ATTRIBUTE_UNEXPECTED", false, "", 0},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_4, "SCHEMA_ATTRIBUTE_MISSING", false, "The attribute '", '\''},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1, "SCHEMA_TEXT_UNEXPECTED", false, "", 0},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2, "SCHEMA_ELEMENT_UNEXPECTED", false, "", 0},
    {XML_SCHEMAV_CVC_TYPE_3_1_2, "SCHEMA_ELEMENT_UNEXPECTED", false, "", 0},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3, "SCHEMA_TEXT_UNEXPECTED", false, "", 0},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_2_4, "SCHEMA_ELEMENT_UNEXPECTED", false, "( ", ')'},
    {XML_SCHEMAV_CVC_WILDCARD, "SCHEMA_ELEMENT_UNEXPECTED", false, "", 0},
    {XML_SCHEMAV_CVC_ELT_1, "SCHEMA_ROOT_UNKNOWN", false, "", 0},
    {XML_SCHEMAV_CVC_IDC, "SCHEMA_KEY", false, "", 0},
};

std::string Between(std::string_view text, std::string_view before, char end) {
  const size_t from = before.empty() ? std::string_view::npos : text.rfind(before);
  if (from == std::string_view::npos) return "";
  text.remove_prefix(from + before.size());
  text = text.substr(0, text.rfind(end));
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string(text);
}

// "Element 'IdPost', attribute 'V': ..."
std::string AttributeOf(std::string_view message) {
  constexpr std::string_view kBefore = "', attribute '";
  const size_t at = message.find(kBefore);
  const size_t colon = message.find("': ");
  if (at == std::string_view::npos || colon == std::string_view::npos || at > colon) return "";
  message = message.substr(at + kBefore.size());
  return std::string(message.substr(0, message.find('\'')));
}

}  // namespace

SchemaFault FaultOf(int code, std::string_view message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == '.')) {
    message.remove_suffix(1);
  }
  if (code == XML_SCHEMAV_ELEMENT_CONTENT) {
    const bool missing = message.find("Missing child element") != std::string_view::npos;
    return {missing ? "SCHEMA_ELEMENT_MISSING" : "SCHEMA_ELEMENT_UNEXPECTED", false, "",
            Between(message, "( ", ')')};
  }
  for (const Row& row : kRows) {
    if (row.code != code) continue;
    return {row.rule, row.of_value, AttributeOf(message), Between(message, row.before, row.end)};
  }
  return {"SCHEMA_OTHER", false, AttributeOf(message), std::string(message)};
}

std::string ShortValue(std::string_view value) {
  constexpr size_t kMost = 200;
  return value.size() <= kMost ? std::string(value) : Concat(Cut(value, kMost), "…");
}

}  // namespace sceau::schemas
