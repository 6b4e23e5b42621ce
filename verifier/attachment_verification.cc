#include "verifier/attachment_verification.h"

#include <memory>
#include <optional>
#include <string>

#include "base/file_digest.h"
#include "schemas/attachment.h"
#include "schemas/content_spool.h"
#include "schemas/pes_reader.h"
#include "xml/parser.h"

namespace sceau::verifier {
namespace {

using schemas::ContentType;
using schemas::PesNode;
using schemas::Severity;

bool MayBeSigned(ContentType type) {
  return type == ContentType::kPdf || type == ContentType::kXml;
}

// Whether a name that every signature has occurs in what passes, also across two pieces.
class NameSearch final : public xml::OctetSink {
 public:
  explicit NameSearch(schemas::ContentSpool& to) : to_(to) {}
  void Start() {
    to_.Start();
    tail_.clear();
    found_ = false;
  }
  void Write(std::string_view octets) override {
    to_.Write(octets);
    if (found_) return;
    tail_.append(octets);
    for (const std::string_view name : kNames) {
      found_ |= std::string_view(tail_).find(name) != std::string_view::npos;
    }
    if (tail_.size() > kLongest) tail_.erase(0, tail_.size() - kLongest);
  }
  bool found() const { return found_; }

 private:
  // A PDF signature cannot do without ByteRange, a document in XML without the others.
  static constexpr std::string_view kNames[] = {"/ByteRange", "Signature", "Scellement"};
  static constexpr size_t kLongest = 16;
  schemas::ContentSpool& to_;
  std::string tail_;
  bool found_ = false;
};

class AttachmentPass final : public xml::Handler {
 public:
  AttachmentPass(const VerifyOptions& options, FileReport& report)
      : options_(options), report_(report) {
    options_.attachments = false;
    options_.contents.clear();
    proof_ = EarliestProof(options.proofs, report.sha256, options.validation_time);
  }

  Status OnStart(const xml::StartElement& element) override {
    SCEAU_ASSIGN_OR_RETURN(const PesNode node, pes_.Start(element));
    if (node != PesNode::kFichier) return OkStatus();
    search_.Start();
    reader_ = std::make_unique<schemas::AttachmentReader>(&search_);
    place_ = {element.line, element.column, "Fichier"};
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement& element) override {
    const PesNode node = pes_.End(element);
    if (node == PesNode::kFichier && reader_ != nullptr) {
      good_ = reader_->Finish() == schemas::AttachmentReader::Outcome::kGood;
      reader_.reset();
    }
    if (node == PesNode::kPj) Judge(pes_.facts().pieces_justificatives.back());
    return OkStatus();
  }
  Status OnText(std::string_view text) override {
    if (reader_ != nullptr) reader_->Feed(text);
    return OkStatus();
  }

 private:
  // The name of an attachment stands after its content.
  void Judge(const schemas::PieceJustificative& piece) {
    if (good_ && search_.found() && spool_.wanted()) {
      const auto content = spool_.Content();
      if (!content.ok() || report_.attachments.size() >= kMaxSignedContents) {
        report_.findings.push_back({Severity::kWarning, "CONTENT_NOT_OPENED", place_, piece.id});
      } else {
        Keep(piece, Verify(*content, piece.name, OptionsFor(*content)));
      }
    }
    spool_.Drop();
    good_ = false;
  }

  // What proves that the file existed proves it of what the file holds.
  VerifyOptions OptionsFor(const InputFile& content) const {
    VerifyOptions options = options_;
    const auto sha256 = proof_ ? Sha256Of(content) : StatusOr<std::string>("");
    if (proof_ && sha256.ok()) {
      options.proofs.push_back({*sha256, proof_->at, proof_->source});
    }
    return options;
  }

  void Keep(const schemas::PieceJustificative& piece, FileReport judged) {
    const bool bare = judged.verdict == Verdict::kNoSignature && judged.findings.empty();
    if (bare) return;
    judged.attachment_id = piece.id;
    report_.attachments.push_back(std::move(judged));
  }

  VerifyOptions options_;
  std::optional<ProofOfExistence> proof_;
  FileReport& report_;
  schemas::PesReader pes_;
  schemas::ContentSpool spool_{kMaxSignedContent, MayBeSigned};
  NameSearch search_{spool_};
  std::unique_ptr<schemas::AttachmentReader> reader_;
  Place place_;
  bool good_ = false;  // the last content came whole
};

}  // namespace

Status VerifyAttachments(const InputFile& file, const VerifyOptions& options, FileReport& report) {
  AttachmentPass pass(options, report);
  return xml::Parse(file, pass).status();
}

}  // namespace sceau::verifier
