#include "tools/gen/spec.h"

#include <string_view>

#include "base/strings.h"

namespace sceau::gen {
namespace {

// The bounds come from the schema's types: NbrPce has 5 digits, IdLigne 6, IdBord 7, and a sum of
// amounts 12 before the point.
constexpr int64_t kMaxBordereaux = 1'000'000;
constexpr int64_t kMaxPieces = 99'999;
constexpr int64_t kMaxLines = 999'999;
constexpr int64_t kMaxAllPieces = 90'000'000;
constexpr int64_t kMaxAllLines = 90'000'000;
constexpr int64_t kMaxAttachments = 9'999'999;
constexpr int64_t kMaxAttachmentSize = int64_t{4} << 30;

struct Bound {
  std::string_view option;
  int64_t value;
  int64_t min;
  int64_t max;
};

}  // namespace

PesSpec DemoSpec() {
  PesSpec spec;
  spec.depense = 2;
  spec.recette = 1;
  spec.pieces = 2;
  spec.lines = 2;
  spec.attachments = 3;
  spec.attachment_size = 24 << 10;
  return spec;
}

Status CheckSpec(const PesSpec& spec) {
  const int64_t bordereaux = int64_t{spec.depense} + spec.recette;
  const int64_t pieces = bordereaux * spec.pieces;
  const Bound bounds[] = {
      {"--exercice", spec.exercice, 2000, 2099},
      {"--depense", spec.depense, 0, kMaxBordereaux},
      {"--recette", spec.recette, 0, kMaxBordereaux},
      {"--pieces", spec.pieces, 1, kMaxPieces},
      {"--pieces", pieces, 0, kMaxAllPieces},
      {"--lines", spec.lines, 1, kMaxLines},
      {"--lines", pieces <= kMaxAllPieces ? pieces * spec.lines : 0, 0, kMaxAllLines},
      {"--attachments", spec.attachments, bordereaux == 0 ? 1 : 0, kMaxAttachments},
      {"--attachment-size", spec.attachment_size, kMinAttachmentSize, kMaxAttachmentSize},
  };
  for (const Bound& bound : bounds) {
    if (bound.value < bound.min || bound.value > bound.max) {
      return Error(Reason::kUsage,
                   Concat(bound.option, ": ", bound.value, " [", bound.min, ", ", bound.max, "]"));
    }
  }
  const Layout& layout = spec.layout;
  if (layout.encoding != Encoding::kUtf8 && layout.byte_order_mark) {
    return Error(Reason::kUsage, "--bom: --encoding utf-8");
  }
  if (layout.encoding != Encoding::kUtf8 && !layout.xml_declaration) {
    return Error(Reason::kUsage, "--no-declaration: --encoding utf-8");
  }
  return OkStatus();
}

}  // namespace sceau::gen
