#include "verifier/pdf_range.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include <algorithm>
#include <optional>
#include <regex>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"

namespace sceau::verifier {
namespace {

constexpr int64_t kMaxHole = 8 << 20;  // bytes; a signature with all its proofs is far smaller

Status Wrong(std::string_view what) { return Error(Reason::kElementMalformed, what); }

// The octets of a hexadecimal string without blanks.
std::optional<std::string> FromHex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (size_t at = 0; at < text.size(); at += 2) {
    const size_t high = kDigits.find(text[at]), low = kDigits.find(text[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out += static_cast<char>((high & 15) << 4 | (low & 15));
  }
  return out;
}

// The DER object that begins the octets; empty when there is none, or more than zeros behind it.
std::string_view DerIn(std::string_view octets) {
  const auto* at = reinterpret_cast<const unsigned char*>(octets.data());
  const auto* const begin = at;
  long length = 0;
  int tag = 0, form = 0;
  const int result = ASN1_get_object(&at, &length, &tag, &form, static_cast<long>(octets.size()));
  ERR_clear_error();
  if ((result & 0x80) != 0 || (result & 1) != 0)
    return {};  // not to be read, or without its length
  const auto size = static_cast<size_t>(at - begin) + static_cast<size_t>(length);
  const bool padded = octets.find_first_not_of('\0', size) == std::string_view::npos;
  return padded ? octets.substr(0, size) : std::string_view();
}

// Whether a revision ends here: with its marker (ISO 32000-1 §7.5.5), or with the file.
StatusOr<bool> RevisionEndsAt(const InputFile& file, int64_t end) {
  if (end == file.size()) return true;
  const int64_t from = std::max<int64_t>(0, end - 16);
  SCEAU_ASSIGN_OR_RETURN(std::string tail, file.Slice(from, static_cast<size_t>(end - from)));
  while (!tail.empty() && (tail.back() == '\n' || tail.back() == '\r')) tail.pop_back();
  constexpr std::string_view kMarker = "%%EOF";
  return tail.size() >= kMarker.size() &&
         std::string_view(tail).substr(tail.size() - kMarker.size()) == kMarker;
}

}  // namespace

StatusOr<PdfRange> ReadPdfRange(const InputFile& file, const contents::PdfSignature& signature) {
  const std::vector<int64_t>& stated = signature.byte_range;
  if (stated.size() != 4) return Wrong("ByteRange");
  PdfRange out;
  out.hole = stated[1];
  out.hole_end = stated[2];
  if (stated[0] != 0 || out.hole < 1 || out.hole_end < out.hole + 4 ||
      out.hole_end - out.hole > kMaxHole || out.hole_end > file.size() ||
      stated[3] > file.size() - out.hole_end) {
    return Wrong("ByteRange");
  }
  out.end = out.hole_end + stated[3];
  SCEAU_ASSIGN_OR_RETURN(const bool whole, RevisionEndsAt(file, out.end));
  if (!whole) return Wrong("ByteRange: end of revision");
  SCEAU_ASSIGN_OR_RETURN(const std::string hole,
                         file.Slice(out.hole, static_cast<size_t>(out.hole_end - out.hole)));
  const auto contents = hole.front() == '<' && hole.back() == '>'
                            ? FromHex(std::string_view(hole).substr(1, hole.size() - 2))
                            : std::nullopt;
  if (!contents) return Wrong("ByteRange: more than Contents is left out");
  // The dictionary that says so is the one that is signed, and not a copy of it elsewhere.
  if (signature.contents_offset != out.hole ||
      ToHex(DigestOf(DigestAlgorithm::kSha256, *contents)) != signature.contents_sha256) {
    return Wrong("Contents");
  }
  out.contents = std::string(DerIn(*contents));
  if (out.contents.empty()) return Wrong("Contents: padding");
  return out;
}

StatusOr<std::string> DigestOfRange(const InputFile& file, const PdfRange& range,
                                    const EVP_MD* algorithm) {
  const EvpMdCtxHandle digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), algorithm, nullptr);
  std::string buffer(1 << 16, '\0');
  const auto add = [&](int64_t from, int64_t to) -> Status {
    while (from < to) {
      const auto most = static_cast<size_t>(std::min<int64_t>(to - from, 1 << 16));
      SCEAU_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(from, buffer.data(), most));
      if (got == 0) return Error(Reason::kInputChanged);
      EVP_DigestUpdate(digest.get(), buffer.data(), got);
      from += static_cast<int64_t>(got);
    }
    return OkStatus();
  };
  SCEAU_RETURN_IF_ERROR(add(0, range.hole));
  SCEAU_RETURN_IF_ERROR(add(range.hole_end, range.end));
  unsigned char value[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(digest.get(), value, &size);
  return std::string(value, value + size);
}

std::string Rfc3339OfPdfDate(const std::string& date) {
  static const std::regex kForm(
      "D:(\\d{4})(\\d{2})(\\d{2})(\\d{2})(\\d{2})(\\d{2})(?:Z(?:00'?00'?)?|([+-]\\d{2})'?(\\d{2})?'"
      "?)?");
  std::smatch m;
  if (date.size() > 40 || !std::regex_match(date, m, kForm)) return date;
  const std::string zone =
      m[7].matched ? Concat(m[7].str(), ":", m[8].matched ? m[8].str() : "00") : "Z";
  return Concat(m[1].str(), "-", m[2].str(), "-", m[3].str(), "T", m[4].str(), ":", m[5].str(), ":",
                m[6].str(), zone);
}

}  // namespace sceau::verifier
