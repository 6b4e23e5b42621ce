#include "tools/sceau/display.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "base/strings.h"

namespace sceau::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEuro = "\xE2\x82\xAC";

struct Range {
  uint32_t first, last;
};
// Controls of ISO 6429, the bidirectional marks (Unicode Standard Annex 9), and what has no shape.
constexpr Range kHidden[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x061C, 0x061C},  {0x115F, 0x1160},
    {0x180E, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},  {0x3164, 0x3164},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};

struct CodePoint {
  uint32_t value = 0;
  size_t length = 0;  // bytes; 0: not UTF-8 (RFC 3629)
};

CodePoint FirstOf(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  struct Form {
    unsigned mask, lead;
    size_t length;
    uint32_t least;
  };
  constexpr Form kForms[] = {
      {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};
  for (const Form& form : kForms) {
    if ((byte(0) & form.mask) != form.lead) continue;
    if (text.size() < form.length) return {};
    uint32_t value = byte(0) & (0xFFu & ~form.mask);
    for (size_t i = 1; i < form.length; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return {};
      value = (value << 6) | (byte(i) & 0x3Fu);
    }
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < form.least || value > 0x10FFFF || surrogate) return {};
    return {value, form.length};
  }
  return {};
}

bool Hidden(uint32_t value) {
  return std::any_of(std::begin(kHidden), std::end(kHidden), [&](const Range& range) {
    return value >= range.first && value <= range.last;
  });
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A decimal number as xs:decimal writes it.
struct Decimal {
  bool negative = false;
  std::string_view whole, fraction;
};

std::optional<Decimal> ParseDecimal(std::string_view text) {
  Decimal number;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    number.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t point = text.find('.');
  number.whole = text.substr(0, point);
  if (point != std::string_view::npos) number.fraction = text.substr(point + 1);
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  if (!AllDigits(number.whole) || !AllDigits(number.fraction)) return std::nullopt;
  while (number.whole.size() > 1 && number.whole[0] == '0') number.whole.remove_prefix(1);
  while (number.fraction.size() > 2 && number.fraction.back() == '0')
    number.fraction.remove_suffix(1);
  return number;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = FirstOf(text);
    const size_t length = std::max<size_t>(point.length, 1);
    if (point.length == 1 && (point.value == '\n' || point.value == '\r' || point.value == '\t')) {
      out += ' ';
    } else if (point.length == 0 || Hidden(point.value)) {
      out += kReplacement;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string Amount(std::string_view euros, Lang lang) {
  const std::optional<Decimal> number = ParseDecimal(euros);
  if (!number) return Printable(euros);
  const bool french = lang == Lang::kFr;
  std::string grouped;
  const std::string_view whole = number->whole.empty() ? "0" : number->whole;
  for (size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) grouped += french ? ' ' : ',';
    grouped += whole[i];
  }
  std::string fraction(number->fraction);
  fraction.resize(std::max<size_t>(fraction.size(), 2), '0');
  const std::string_view sign = number->negative ? "-" : "";
  return french ? Concat(sign, grouped, ",", fraction, " ", kEuro)
                : Concat(sign, kEuro, grouped, ".", fraction);
}

std::optional<int64_t> Cents(std::string_view euros) {
  constexpr size_t kMaxDigits = 13;  // a million such amounts still fit in 64 bits
  const std::optional<Decimal> number = ParseDecimal(euros);
  if (!number || number->fraction.size() > 2 || number->whole.size() > kMaxDigits - 2) {
    return std::nullopt;
  }
  std::string digits = Concat("0", number->whole, number->fraction);
  digits.append(2 - number->fraction.size(), '0');
  int64_t cents = 0;
  if (!absl::SimpleAtoi(digits, &cents)) return std::nullopt;
  return number->negative ? -cents : cents;
}

std::string AmountOfCents(int64_t cents, Lang lang) {
  const int64_t size = cents < 0 ? -cents : cents;
  return Amount(
      absl::StrFormat("%s%d.%02d", cents < 0 ? "-" : "", size / 100, static_cast<int>(size % 100)),
      lang);
}

std::string Date(std::string_view date, Lang lang) {
  const bool iso = date.size() == 10 && date[4] == '-' && date[7] == '-' &&
                   AllDigits(date.substr(0, 4)) && AllDigits(date.substr(5, 2)) &&
                   AllDigits(date.substr(8, 2));
  if (!iso || lang != Lang::kFr) return Printable(date);
  return Concat(date.substr(8, 2), "/", date.substr(5, 2), "/", date.substr(0, 4));
}

std::string Size(int64_t bytes, Lang lang) {
  struct Unit {
    int64_t size;
    Text name;
  };
  constexpr Unit kUnits[] = {
      {1'000'000'000, {"Go", "GB"}}, {1'000'000, {"Mo", "MB"}}, {1'000, {"ko", "kB"}}};
  for (const Unit& unit : kUnits) {
    if (bytes < unit.size) continue;
    const int64_t tenths = bytes / (unit.size / 10);
    return Concat(tenths / 10, lang == Lang::kFr ? "," : ".", tenths % 10, " ", unit.name.In(lang));
  }
  return lang == Lang::kFr ? Count(bytes, "octet", "octets") : Count(bytes, "byte", "bytes");
}

std::string Count(int64_t n, std::string_view one, std::string_view many) {
  return Concat(n, " ", n > 1 ? many : one);
}

}  // namespace sceau::cli
