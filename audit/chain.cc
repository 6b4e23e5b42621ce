#include "audit/chain.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"

namespace sceau::audit {
namespace {

constexpr std::string_view kHeader = "sceau-audit 1 ";
constexpr std::string_view kDomain = "sceau-audit-v1";
constexpr size_t kIdLength = 32;    // hexadecimal digits
constexpr size_t kLinkLength = 64;  // hexadecimal digits
constexpr size_t kDigestSize = 32;  // bytes

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsHex(std::string_view text) { return std::all_of(text.begin(), text.end(), IsHexDigit); }

int ValueOf(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

std::string Sha256(std::string_view bytes) { return DigestOf(DigestAlgorithm::kSha256, bytes); }

}  // namespace

std::string Canonical(const Fields& object) {
  return object.dump(-1, ' ', /*ensure_ascii=*/false, Fields::error_handler_t::replace);
}

std::optional<Fields> ReadCanonical(std::string_view text) {
  bool integers = true;
  const auto look = [&](int, Fields::parse_event_t, const Fields& value) {
    integers = integers && !value.is_number_float();
    return true;
  };
  Fields object = Fields::parse(text.begin(), text.end(), look, /*allow_exceptions=*/false);
  if (!integers || !object.is_object() || Canonical(object) != text) return std::nullopt;
  return object;
}

std::string FirstLink(std::string_view log_id) {
  return Sha256(Concat(std::string_view("\0", 1), kDomain, log_id));
}

std::string NextLink(std::string_view link, std::string_view record_digest) {
  return Sha256(Concat(std::string_view("\1", 1), link, record_digest));
}

std::string RecordDigest(std::string_view record) { return Sha256(record); }

std::optional<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0 || !IsHex(text)) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(ValueOf(text[i]) * 16 + ValueOf(text[i + 1])));
  }
  return bytes;
}

std::string HeaderLine(std::string_view log_id) { return Concat(kHeader, log_id, "\n"); }

std::optional<std::string> LogIdIn(std::string_view header) {
  if (header.substr(0, kHeader.size()) != kHeader) return std::nullopt;
  const std::string_view id = header.substr(kHeader.size());
  if (id.size() != kIdLength || !IsHex(id)) return std::nullopt;
  return std::string(id);
}

std::string LineOf(std::string_view link, std::string_view record) {
  return Concat(ToHex(link), " ", record, "\n");
}

std::optional<Line> ReadLine(std::string_view line) {
  if (line.size() < kLinkLength + 2 || line[kLinkLength] != ' ') return std::nullopt;
  auto link = FromHex(line.substr(0, kLinkLength));
  if (!link || link->size() != kDigestSize) return std::nullopt;
  return Line{*std::move(link), line.substr(kLinkLength + 1)};
}

bool MayBeginLine(std::string_view bytes) {
  if (!IsHex(bytes.substr(0, kLinkLength))) return false;
  if (bytes.size() > kLinkLength && bytes[kLinkLength] != ' ') return false;
  const std::string_view record = bytes.substr(std::min(bytes.size(), kLinkLength + 1));
  // A canonical object has neither control characters nor anything before its brace.
  return (record.empty() || record.front() == '{') &&
         std::none_of(record.begin(), record.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace sceau::audit
