#include "schemas/inspection.h"

#include <memory>

#include "base/bytes.h"
#include "base/digest.h"
#include "schemas/attachment.h"
#include "schemas/budget_reader.h"
#include "schemas/budget_rules.h"
#include "schemas/pes_reader.h"
#include "schemas/rules.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

class Inspector final : public xml::Handler {
 public:
  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1) kind_ = KindOf(element);
    if (IsBudget()) {
      SCEAU_RETURN_IF_ERROR(reader_.Start(element).status());
      return budget_.OnStart(element);
    }
    if (kind_ != Kind::kPesAller) return OkStatus();
    SCEAU_ASSIGN_OR_RETURN(const PesNode node, reader_.Start(element));
    if (node == PesNode::kFichier) {
      attachment_ = std::make_unique<AttachmentReader>();
    }
    return OkStatus();
  }

  Status OnEnd(const xml::EndElement& element) override {
    if (IsBudget()) {
      reader_.End(element);
      return budget_.OnEnd(element);
    }
    if (kind_ != Kind::kPesAller) return OkStatus();
    if (reader_.End(element) == PesNode::kFichier) TakeAttachment();
    return OkStatus();
  }

  Status OnText(std::string_view text) override {
    if (IsBudget()) return budget_.OnText(text);
    if (attachment_ != nullptr) attachment_->Feed(text);
    return OkStatus();
  }
  // Instructions before the root are part of what a seal covers: the kind is not known yet.
  Status OnInstruction(std::string_view target, std::string_view data) override {
    return budget_.OnInstruction(target, data);
  }
  Status OnComment(std::string_view text) override { return budget_.OnComment(text); }

  void Report(Inspection& out) {
    out.kind = kind_;
    if (IsBudget()) ReportBudget(out);
    if (kind_ != Kind::kPesAller) return;
    out.anomalies = CheckPes(reader_);
    out.anomalies.insert(out.anomalies.end(), unreadable_.begin(), unreadable_.end());
    out.pes = std::move(reader_.facts());
  }

 private:
  bool IsBudget() const { return HoldsBudget(kind_); }

  void ReportBudget(Inspection& out) {
    budget_.Finish();
    out.anomalies = CheckBudget(budget_.facts(), BudgetUse::kReading);
    out.anomalies.push_back(CheckSeal(budget_.facts()));
    out.budget = std::move(budget_.facts());
    out.pes.signatures = std::move(reader_.facts().signatures);
  }

  void TakeAttachment() {
    PieceJustificative& piece = reader_.facts().pieces_justificatives.back();
    if (attachment_->Finish()) {
      piece.size = attachment_->size();
      piece.sha256 = attachment_->Sha256Hex();
    } else {
      unreadable_.push_back({Severity::kError,
                             "ATTACHMENT_NOT_READABLE",
                             {piece.line, piece.column, "PJ"},
                             piece.mime_type});
    }
    attachment_.reset();
  }

  Kind kind_ = Kind::kOther;
  PesReader reader_;
  BudgetReader budget_;
  std::unique_ptr<AttachmentReader> attachment_;
  std::vector<Finding> unreadable_;
};

}  // namespace

StatusOr<Inspection> Inspect(const InputFile& file) {
  Inspection out;
  out.size = file.size();
  xml::DigestSink digest(DigestAlgorithm::kSha256);
  // Not every file that is inspected is XML.
  SCEAU_ASSIGN_OR_RETURN(const std::string head,
                         file.Slice(0, static_cast<size_t>(std::min<int64_t>(5, file.size()))));
  if (head == "%PDF-") {
    out.kind = Kind::kPdf;
    std::string buffer(1 << 16, '\0');
    for (int64_t at = 0; at < file.size();) {
      SCEAU_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(at, buffer.data(), buffer.size()));
      if (got == 0) break;
      digest.Write({buffer.data(), got});
      at += static_cast<int64_t>(got);
    }
    out.sha256 = ToHex(digest.Finish());
    return out;
  }
  Inspector inspector;
  SCEAU_ASSIGN_OR_RETURN(const xml::Gate gate, xml::Parse(file, inspector, {}, &digest));
  inspector.Report(out);
  out.encoding = std::string(xml::NameOf(gate.encoding));
  out.sha256 = ToHex(digest.Finish());
  return out;
}

}  // namespace sceau::schemas
