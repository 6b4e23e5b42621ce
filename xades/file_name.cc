#include "xades/file_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "base/strings.h"

namespace sceau::xades {
namespace {

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

// Also of a system that separates folders otherwise.
bool IsPlainName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of("/\\") == std::string_view::npos &&
         std::none_of(name.begin(), name.end(), IsControl);
}

}  // namespace

std::string UriOfFileName(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (IsUnreserved(c)) {
      out += c;
    } else {
      absl::StrAppendFormat(&out, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::optional<std::string> FileNameOfUri(std::string_view uri) {
  if (uri.find_first_of(":?#") != std::string_view::npos) return std::nullopt;
  std::string name;
  for (size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] != '%') {
      name += uri[i];
      continue;
    }
    const std::string_view digits = uri.substr(std::min(i + 1, uri.size()), 2);
    const bool good =
        digits.size() == 2 && std::all_of(digits.begin(), digits.end(),
                                          [](unsigned char c) { return absl::ascii_isxdigit(c); });
    if (!good) return std::nullopt;
    name += absl::HexStringToBytes(Absl(digits));
    i += 2;
  }
  if (!IsPlainName(name)) return std::nullopt;
  return name;
}

}  // namespace sceau::xades
