#include "hsm/distinguished_name.h"

#include <openssl/err.h>

#include <cctype>
#include <string>
#include <vector>

namespace sceau::hsm {
namespace {

constexpr size_t kMaxName = 2048;  // bytes of the text

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = std::tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The parts between commas, still escaped.
std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;  // the next character is a part of the value
    } else if (text[at] == ',') {
      parts.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') && !text.ends_with("\\ ")) text.remove_suffix(1);
  return text;
}

// False when an escape ends with the text, or the value is several values.
bool Unescape(std::string_view text, std::string& value) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' || text[at] == ';' || text[at] == '"') return false;
    if (text[at] != '\\') {
      value += text[at];
      continue;
    }
    if (++at == text.size()) return false;
    const int high = HexDigit(text[at]);
    const int low = at + 1 < text.size() ? HexDigit(text[at + 1]) : -1;
    if (high >= 0 && low >= 0) {
      value += static_cast<char>(high * 16 + low);
      ++at;
    } else {
      value += text[at];
    }
  }
  return !value.empty() && value.find('\0') == std::string::npos && !text.starts_with('#');
}

}  // namespace

StatusOr<X509NameHandle> ParseName(std::string_view text) {
  if (text.size() > kMaxName) return Error(Reason::kUsage, "--subject");
  X509NameHandle name(X509_NAME_new());
  const std::vector<std::string_view> parts = Split(text);
  // The text begins with what the encoding ends with.
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const size_t equals = part->find('=');
    const std::string attribute(Trim(part->substr(0, equals)));
    std::string value;
    const bool good =
        equals != std::string_view::npos && Unescape(Trim(part->substr(equals + 1)), value) &&
        X509_NAME_add_entry_by_txt(name.get(), attribute.c_str(), MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(value.data()),
                                   static_cast<int>(value.size()), -1, 0) == 1;
    if (good) continue;
    ERR_clear_error();
    return Error(Reason::kUsage, *part);
  }
  return name;
}

}  // namespace sceau::hsm
