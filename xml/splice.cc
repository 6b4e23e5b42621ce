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

// Copies the input from its beginning on; digests all that it passes, left out or not.
class Copier {
 public:
  Copier(const InputFile& input, OutputFile& output) : input_(input), output_(output) {}

  int64_t at() const { return at_; }

  Status CopyTo(int64_t end) {
    while (at_ < end) {
      const auto wanted = static_cast<size_t>(std::min<int64_t>(kBlock, end - at_));
      SCEAU_ASSIGN_OR_RETURN(const std::string bytes, input_.Slice(at_, wanted));
      digest_.Update(bytes);
      SCEAU_RETURN_IF_ERROR(output_.Append(bytes));
      at_ += static_cast<int64_t>(bytes.size());
    }
    return OkStatus();
  }

  // Leaves out `removed`, which must come next.
  Status Skip(const std::string& removed) {
    if (removed.empty()) return OkStatus();
    SCEAU_ASSIGN_OR_RETURN(const std::string present, input_.Slice(at_, removed.size()));
    if (present != removed) return Error(Reason::kInputChanged);
    digest_.Update(removed);
    at_ += static_cast<int64_t>(removed.size());
    return OkStatus();
  }

  // Leaves out `count` bytes, whatever they are.
  Status Pass(int64_t count) {
    const int64_t end = at_ + count;
    while (at_ < end) {
      const auto wanted = static_cast<size_t>(std::min<int64_t>(kBlock, end - at_));
      SCEAU_ASSIGN_OR_RETURN(const std::string bytes, input_.Slice(at_, wanted));
      digest_.Update(bytes);
      at_ += static_cast<int64_t>(bytes.size());
    }
    return OkStatus();
  }

  std::string InputDigest() { return digest_.Finish(); }

 private:
  static constexpr int64_t kBlock = 128 * 1024;
  const InputFile& input_;
  OutputFile& output_;
  Digest digest_{DigestAlgorithm::kSha256};
  int64_t at_ = 0;
};

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

StatusOr<Spliced> Splice(const InputFile& input, const std::vector<PlannedEdit>& edits,
                         OutputFile& output) {
  Spliced out;
  out.edits.reserve(edits.size());
  Copier copier(input, output);
  for (const PlannedEdit& planned : edits) {
    if (planned.offset < copier.at()) return Error(Reason::kInternal, "edits overlap");
    SCEAU_RETURN_IF_ERROR(copier.CopyTo(planned.offset));
    SCEAU_RETURN_IF_ERROR(copier.Skip(planned.removed));
    SCEAU_RETURN_IF_ERROR(copier.Pass(planned.cut));
    SCEAU_ASSIGN_OR_RETURN(const std::string inserted, planned.inserted());
    out.edits.push_back(
        {planned.offset, planned.removed, output.size(), static_cast<int64_t>(inserted.size())});
    SCEAU_RETURN_IF_ERROR(output.Append(inserted));
  }
  SCEAU_RETURN_IF_ERROR(copier.CopyTo(input.size()));
  out.input_sha256 = copier.InputDigest();
  return out;
}

}  // namespace sceau::xml
