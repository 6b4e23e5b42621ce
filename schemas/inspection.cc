#include "schemas/inspection.h"

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/file_digest.h"
#include "base/strings.h"
#include "schemas/acte_rules.h"
#include "schemas/attachment.h"
#include "schemas/budget_reader.h"
#include "schemas/budget_rules.h"
#include "schemas/pes_reader.h"
#include "schemas/pivot.h"
#include "schemas/pj_rules.h"
#include "schemas/rules.h"
#include "xml/ids.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

class Inspector final : public xml::Handler {
 public:
  explicit Inspector(const InspectOptions& options) : use_(options.use), also_(options.also) {
    if (options.open) opener_.emplace(*options.open);
  }

  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1) kind_ = KindOf(element);
    if (also_ != nullptr) SCEAU_RETURN_IF_ERROR(also_->OnStart(element));
    SCEAU_ASSIGN_OR_RETURN(const PesNode node, reader_.Start(element));
    if (xml::Handler* own = OwnReader()) return own->OnStart(element);
    if (kind_ == Kind::kChorusPivot) {
      SCEAU_ASSIGN_OR_RETURN(const PivotNode part, pivot_.Start(element));
      if (part == PivotNode::kContent) BeginAttachment(element, AttachmentReader::Packing::kNone);
    }
    if (kind_ != Kind::kPesAller) return OkStatus();
    SCEAU_RETURN_IF_ERROR(ids_.Collect(element));
    if (node == PesNode::kFichier) BeginAttachment(element, AttachmentReader::Packing::kGzip);
    return OkStatus();
  }

  Status OnEnd(const xml::EndElement& element) override {
    if (also_ != nullptr) SCEAU_RETURN_IF_ERROR(also_->OnEnd(element));
    const PesNode node = reader_.End(element);
    if (xml::Handler* own = OwnReader()) return own->OnEnd(element);
    if (kind_ == Kind::kChorusPivot) EndInPivot(pivot_.End());
    if (kind_ != Kind::kPesAller) return OkStatus();
    if (node == PesNode::kFichier) TakeAttachment(reader_.facts().pieces_justificatives.back());
    if (node == PesNode::kPj) EndPiece(reader_.facts().pieces_justificatives.back());
    return OkStatus();
  }

  Status OnText(std::string_view text) override {
    if (also_ != nullptr) SCEAU_RETURN_IF_ERROR(also_->OnText(text));
    if (attachment_ != nullptr) attachment_->Feed(text);
    if (kind_ == Kind::kChorusPivot) pivot_.Text(text);
    xml::Handler* const own = OwnReader();
    return own == nullptr ? OkStatus() : own->OnText(text);
  }
  // Instructions before the root are part of what a seal covers: the kind is not known yet.
  Status OnInstruction(std::string_view target, std::string_view data) override {
    return budget_.OnInstruction(target, data);
  }
  Status OnComment(std::string_view text) override { return budget_.OnComment(text); }

  void Report(Inspection& out) {
    out.kind = kind_;
    if (IsBudget()) ReportBudget(out);
    if (kind_ == Kind::kPesAcquit) {
      out.anomalies = FindingsOf(acquit_.acquit());
      out.acquit = std::move(acquit_.acquit());
    }
    if (IsActes(kind_)) {
      out.anomalies = CheckActe(acte_.facts());
      out.acte = std::move(acte_.facts());
    }
    if (kind_ != Kind::kPesAller) {
      out.pes.signatures = std::move(reader_.facts().signatures);
      out.pes.pieces_justificatives = std::move(pivot_.attachments());
      out.anomalies.insert(out.anomalies.end(), unreadable_.begin(), unreadable_.end());
      return;
    }
    out.anomalies = CheckPes(reader_);
    for (const xml::IdSet::Duplicate& it : ids_.duplicates()) {
      out.anomalies.push_back(
          {Severity::kError, "DUPLICATE_ID", {it.line, it.column, ""}, "", it.id});
    }
    out.anomalies.insert(out.anomalies.end(), unreadable_.begin(), unreadable_.end());
    out.pes = std::move(reader_.facts());
  }

 private:
  bool IsBudget() const { return HoldsBudget(kind_); }
  // What reads a document of this kind beside the signatures; null for a PES and for what is not
  // read.
  xml::Handler* OwnReader() {
    if (IsBudget()) return &budget_;
    if (IsActes(kind_)) return &acte_;
    return kind_ == Kind::kPesAcquit ? &acquit_ : nullptr;
  }

  void ReportBudget(Inspection& out) {
    budget_.Finish();
    out.anomalies = CheckBudget(budget_.facts(), use_);
    out.anomalies.push_back(CheckSeal(budget_.facts()));
    out.budget = std::move(budget_.facts());
  }

  void BeginAttachment(const xml::StartElement& element, AttachmentReader::Packing packing) {
    attachment_ = std::make_unique<AttachmentReader>(opener_ ? opener_->Begin() : nullptr, packing);
    attachment_place_ = {element.line, element.column, std::string(element.local)};
  }

  void EndInPivot(PivotNode node) {
    if (node == PivotNode::kContent) TakeAttachment(pivot_.attachments().back());
    if (node == PivotNode::kPj) EndPiece(pivot_.attachments().back());
  }

  void TakeAttachment(PieceJustificative& piece) {
    const AttachmentReader::Outcome outcome = attachment_->Finish();
    if (outcome == AttachmentReader::Outcome::kGood) {
      piece.size = attachment_->size();
      piece.sha256 = attachment_->Sha256Hex();
      piece.content = ContentTypeOf(attachment_->head());
      if (opener_) Open(piece);
    }
    // One that cannot be read is not mended by another after it.
    if (!outcome_ || *outcome_ == AttachmentReader::Outcome::kGood) outcome_ = outcome;
    attachment_.reset();
  }

  void Open(PieceJustificative& piece) {
    auto opened = opener_->End(attachment_place_, inside_);
    if (opened) piece.opened = std::make_shared<const OpenedContent>(*std::move(opened));
  }

  // Name and declared type of an attachment may stand after its content.
  void EndPiece(const PieceJustificative& piece) {
    constexpr std::string_view kRules[] = {"ATTACHMENT_TYPE_MISMATCH", "ATTACHMENT_NOT_BASE64",
                                           "ATTACHMENT_NOT_GZIP", "ATTACHMENT_TOO_LARGE"};
    // An invoice's file may come in a ZIP archive, and its declared type is that of the file.
    const bool packed = kind_ == Kind::kChorusPivot && piece.content == ContentType::kZip;
    if (outcome_ && (outcome_ != AttachmentReader::Outcome::kGood ||
                     !(packed || MayBeOfType(piece.mime_type, piece.content)))) {
      unreadable_.push_back({Severity::kError, std::string(kRules[static_cast<size_t>(*outcome_)]),
                             attachment_place_, piece.name.empty() ? piece.id : piece.name,
                             piece.mime_type});
    }
    outcome_.reset();
    for (Finding& it : inside_) {
      it.detail = Concat(piece.name.empty() ? piece.id : piece.name, it.detail.empty() ? "" : ": ",
                         it.detail);
      unreadable_.push_back(std::move(it));
    }
    inside_.clear();
  }

  Kind kind_ = Kind::kOther;
  const BudgetUse use_;
  xml::Handler* const also_;
  PesReader reader_{/*for_rules=*/true};
  BudgetReader budget_;
  AcquitReader acquit_;
  ActeReader acte_;
  PivotReader pivot_;
  xml::IdSet ids_;
  Place attachment_place_;
  std::optional<ContentOpener> opener_;
  std::unique_ptr<AttachmentReader> attachment_;
  std::optional<AttachmentReader::Outcome> outcome_;  // of the open attachment's content
  std::vector<Finding> inside_;                       // contents, of the open attachment
  std::vector<Finding> unreadable_;
};

Status InspectPdf(const InputFile& file, const InspectOptions& options, Inspection& out) {
  out.kind = Kind::kPdf;
  SCEAU_ASSIGN_OR_RETURN(out.sha256, Sha256Of(file));
  if (!options.open) return OkStatus();
  auto opened = ContentOpener(*options.open).Open(file, ContentType::kPdf, {}, out.anomalies);
  if (opened) out.opened = std::make_shared<const OpenedContent>(*std::move(opened));
  return OkStatus();
}

}  // namespace

StatusOr<Inspection> Inspect(const InputFile& file, const InspectOptions& options) {
  Inspection out;
  out.size = file.size();
  // Not every file that is inspected is XML.
  SCEAU_ASSIGN_OR_RETURN(const std::string head,
                         file.Slice(0, static_cast<size_t>(std::min<int64_t>(5, file.size()))));
  if (head == "%PDF-") {
    SCEAU_RETURN_IF_ERROR(InspectPdf(file, options, out));
    return out;
  }
  xml::DigestSink digest(DigestAlgorithm::kSha256);
  Inspector inspector(options);
  SCEAU_ASSIGN_OR_RETURN(const xml::Gate gate, xml::Parse(file, inspector, {}, &digest));
  inspector.Report(out);
  out.encoding = std::string(xml::NameOf(gate.encoding));
  if (out.kind == Kind::kPesAller && gate.encoding != xml::Encoding::kLatin1) {
    out.anomalies.push_back(
        {Severity::kWarning, "ENCODING_NOT_ISO_8859_1", {1, 1, "/"}, "", out.encoding});
  }
  out.sha256 = ToHex(digest.Finish());
  return out;
}

}  // namespace sceau::schemas
