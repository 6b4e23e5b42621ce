#include "schemas/seal.h"

#include "absl/strings/ascii.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"
#include "schemas/pes.h"

namespace sceau::schemas {
namespace {

class SealSink final : public xml::OctetSink {
 public:
  void Write(std::string_view octets) override {
    md5_.Write(octets);
    sha1_.Write(octets);
  }
  SealDigests Finish() {
    return {absl::AsciiStrToUpper(ToHex(md5_.Finish())),
            absl::AsciiStrToUpper(ToHex(sha1_.Finish()))};
  }

 private:
  xml::DigestSink md5_{DigestAlgorithm::kMd5};
  xml::DigestSink sha1_{DigestAlgorithm::kSha1};
};

std::string ValueOf(const xml::StartElement& element, std::string_view name) {
  const xml::Attribute* attribute = element.Find(name);
  return attribute == nullptr ? "" : std::string(attribute->value);
}

bool IsWhiteSpace(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

std::string_view NameOf(SealState state) {
  switch (state) {
    case SealState::kAbsent:
      return "ABSENT";
    case SealState::kHolds:
      return "HOLDS";
    case SealState::kHoldsWithoutSignatures:
      return "HOLDS_WITHOUT_SIGNATURES";
    case SealState::kBroken:
      return "BROKEN";
  }
  return "BROKEN";
}

struct SealReader::Covered {
  SealSink sink;
  xml::CanonicalForm form{{xml::CanonicalMethod::kInclusive10, false, {}}, sink};
};

SealReader::SealReader()
    : all_(std::make_unique<Covered>()), unsigned_(std::make_unique<Covered>()) {
  canonicaliser_.OpenDocument(all_->form);
  canonicaliser_.OpenDocument(unsigned_->form);
}

SealReader::~SealReader() = default;

Status SealReader::Start(const xml::StartElement& element) {
  after_seal_ = false;
  if (seal_depth_ == 0 && element.Is(kBudgetNamespace, "Scellement")) {
    seal_depth_ = element.depth;
    all_->form.SkipNextElement();
    unsigned_->form.SkipNextElement();
    if (++seal_.count == 1) {
      seal_.stated = {ValueOf(element, "md5"), ValueOf(element, "sha1")};
      seal_.date = ValueOf(element, "date");
      seal_.bytes = element.bytes;
      seal_.line = element.line;
      seal_.column = element.column;
    }
  } else if (element.depth == 2 && element.Is(kDsNamespace, "Signature")) {
    unsigned_->form.SkipNextElement();
  }
  return canonicaliser_.Start(element);
}

Status SealReader::End(const xml::EndElement& element) {
  after_seal_ = false;
  SCEAU_RETURN_IF_ERROR(canonicaliser_.End(element));
  if (element.depth != seal_depth_) return OkStatus();
  if (seal_.count == 1 && element.bytes.length > 0) {
    seal_.bytes.length = element.bytes.end() - seal_.bytes.offset;
  }
  seal_depth_ = 0;
  after_seal_ = true;
  layout_.clear();
  return OkStatus();
}

// One text node may come in pieces: it is white space only when all of them are.
Status SealReader::Text(std::string_view text) {
  if (!after_seal_) {
    canonicaliser_.Text(text);
    return OkStatus();
  }
  layout_.append(text);
  if (!IsWhiteSpace(text)) {
    after_seal_ = false;
    canonicaliser_.Text(layout_);
  } else if (layout_.size() > kMaxLayout) {
    return Error(Reason::kXmlLimitExceeded, "Scellement", {seal_.line, seal_.column, "Scellement"});
  }
  return OkStatus();
}

void SealReader::Instruction(std::string_view target, std::string_view data) {
  after_seal_ = false;
  canonicaliser_.Instruction(target, data);
}

// Comments are in no form; one ends the text node before it.
void SealReader::Comment() { after_seal_ = false; }

Seal SealReader::Finish() {
  seal_.computed = all_->sink.Finish();
  seal_.computed_without_signatures = unsigned_->sink.Finish();
  if (seal_.count == 0) return std::move(seal_);
  const SealDigests stated = {absl::AsciiStrToUpper(seal_.stated.md5),
                              absl::AsciiStrToUpper(seal_.stated.sha1)};
  seal_.state = seal_.count > 1                               ? SealState::kBroken
                : stated == seal_.computed                    ? SealState::kHolds
                : stated == seal_.computed_without_signatures ? SealState::kHoldsWithoutSignatures
                                                              : SealState::kBroken;
  return std::move(seal_);
}

}  // namespace sceau::schemas
