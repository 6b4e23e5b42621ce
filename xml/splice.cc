#include "xml/splice.h"

#include <algorithm>

#include "base/digest.h"
#include "base/strings.h"

namespace sceau::xml {
namespace {

// Decodes one code point of valid UTF-8 and moves `at` behind it.
uint32_t NextCodePoint(std::string_view utf8, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(utf8[i]); };
  const unsigned char first = byte(at);
  const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  uint32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length && at + i < utf8.size(); ++i) {
    point = (point << 6) | (byte(at + i) & 0x3FU);
  }
  at += length;
  return point;
}

}  // namespace

std::string Encode(std::string_view utf8, Encoding encoding) {
  if (encoding == Encoding::kUtf8) return std::string(utf8);
  std::string out;
  out.reserve(utf8.size());
  for (size_t at = 0; at < utf8.size();) {
    const uint32_t point = NextCodePoint(utf8, at);
    if (point <= 0xFF) {
      out.push_back(static_cast<char>(point));
    } else {
      AppendTo(out, "&#", point, ";");
    }
  }
  return out;
}

StatusOr<std::vector<Edit>> Splice(const InputFile& input, const std::vector<PlannedEdit>& edits,
                                   OutputFile& output) {
  std::vector<Edit> made;
  made.reserve(edits.size());
  int64_t at = 0;
  for (const PlannedEdit& planned : edits) {
    if (planned.offset < at) return Error(Reason::kInternal, "edits overlap");
    SCEAU_RETURN_IF_ERROR(output.AppendFrom(input, at, planned.offset - at));
    at = planned.offset;
    if (!planned.removed.empty()) {
      SCEAU_ASSIGN_OR_RETURN(const std::string present, input.Slice(at, planned.removed.size()));
      if (present != planned.removed) return Error(Reason::kInputChanged);
      at += static_cast<int64_t>(planned.removed.size());
    }
    SCEAU_ASSIGN_OR_RETURN(const std::string inserted, planned.inserted());
    made.push_back(
        {planned.offset, planned.removed, output.size(), static_cast<int64_t>(inserted.size())});
    SCEAU_RETURN_IF_ERROR(output.Append(inserted));
  }
  SCEAU_RETURN_IF_ERROR(output.AppendFrom(input, at, input.size() - at));
  return made;
}

StatusOr<std::string> DigestWithoutEdits(const InputFile& output, const std::vector<Edit>& edits) {
  Digest digest(DigestAlgorithm::kSha256);
  std::string buffer(256 * 1024, '\0');
  int64_t at = 0;  // in the output
  const auto take = [&](int64_t length) -> Status {
    while (length > 0) {
      const size_t wanted = std::min(buffer.size(), static_cast<size_t>(length));
      SCEAU_ASSIGN_OR_RETURN(const size_t got, output.ReadAt(at, buffer.data(), wanted));
      if (got == 0) return Error(Reason::kInputUnreadable, "read");
      digest.Update({buffer.data(), got});
      at += static_cast<int64_t>(got);
      length -= static_cast<int64_t>(got);
    }
    return OkStatus();
  };
  int64_t original = 0;  // in the input
  for (const Edit& edit : edits) {
    SCEAU_RETURN_IF_ERROR(take(edit.offset - original));
    digest.Update(edit.removed);
    original = edit.offset + static_cast<int64_t>(edit.removed.size());
    at += edit.inserted_size;
  }
  SCEAU_RETURN_IF_ERROR(take(output.size() - at));
  return digest.Finish();
}

}  // namespace sceau::xml
