#include "verifier/attachment_verification.h"

#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>

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

constexpr int64_t kLarge = 4 << 20;  // bytes: worth a second processor
constexpr int64_t kTail =
    64 << 10;  // bytes: signatures of the whole file stand after the attachments

// A guess: whatever it says, every attachment is read.
bool TellsOfAttachments(const InputFile& file) {
  if (file.growing() || file.size() < kLarge) return false;
  const auto tail = file.Slice(file.size() - kTail, kTail);
  return tail.ok() && tail->find("PES_PJ>") != std::string::npos;
}

class AttachmentPass final : public xml::Handler {
 public:
  AttachmentPass(const VerifyOptions& options, std::shared_future<std::string> sha256,
                 const std::atomic<bool>& unwanted)
      : options_(options), sha256_(std::move(sha256)), unwanted_(unwanted) {
    options_.attachments = false;
    options_.contents.clear();
  }

  std::vector<FileReport> attachments;
  std::vector<schemas::Finding> findings;
  bool stopped() const { return stopped_; }

  Status OnStart(const xml::StartElement& element) override {
    if (unwanted_) return Stop();
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
    if (unwanted_) return Stop();
    if (reader_ != nullptr) reader_->Feed(text);
    return OkStatus();
  }

 private:
  Status Stop() {
    stopped_ = true;
    return Error(Reason::kInputChanged);  // seen by Read alone
  }

  // The name of an attachment stands after its content.
  void Judge(const schemas::PieceJustificative& piece) {
    if (good_ && search_.found() && spool_.wanted()) {
      const auto content = spool_.Content();
      if (!content.ok() || attachments.size() >= kMaxSignedContents) {
        findings.push_back({Severity::kWarning, "CONTENT_NOT_OPENED", place_, piece.id});
      } else {
        const VerifyOptions options = OptionsFor(*content);  // waits for the file's own judgement
        if (!unwanted_) Keep(piece, Verify(*content, piece.name, options));
      }
    }
    spool_.Drop();
    good_ = false;
  }

  // What proves that the file existed proves it of what the file holds.
  VerifyOptions OptionsFor(const InputFile& content) const {
    VerifyOptions options = options_;
    const auto proof = EarliestProof(options.proofs, sha256_.get(), options.validation_time);
    const auto sha256 = proof ? Sha256Of(content) : StatusOr<std::string>("");
    if (proof && sha256.ok()) options.proofs.push_back({*sha256, proof->at, proof->source});
    return options;
  }

  void Keep(const schemas::PieceJustificative& piece, FileReport judged) {
    const bool bare = judged.verdict == Verdict::kNoSignature && judged.findings.empty();
    if (bare) return;
    judged.attachment_id = piece.id;
    attachments.push_back(std::move(judged));
  }

  VerifyOptions options_;
  const std::shared_future<std::string> sha256_;
  const std::atomic<bool>& unwanted_;
  schemas::PesReader pes_;
  schemas::ContentSpool spool_{kMaxSignedContent, MayBeSigned};
  NameSearch search_{spool_};
  std::unique_ptr<schemas::AttachmentReader> reader_;
  Place place_;
  bool stopped_ = false;  // nobody wants it any more
  bool good_ = false;     // the last content came whole
};

}  // namespace

AttachmentVerification::AttachmentVerification(const InputFile& file, const VerifyOptions& options)
    : file_(file), options_(options) {
  const bool at_once =
      options.attachments && std::thread::hardware_concurrency() > 1 && TellsOfAttachments(file);
  // With both, it is done later where no thread can be had.
  found_ = std::async(at_once ? std::launch::async | std::launch::deferred : std::launch::deferred,
                      [this] { return Read(); });
}

AttachmentVerification::~AttachmentVerification() {
  if (!found_.valid()) return;
  unwanted_ = true;
  sha256_.set_value("");
}

AttachmentVerification::Found AttachmentVerification::Read() {
  AttachmentPass pass(options_, known_, unwanted_);
  const Status status = xml::Parse(file_, pass).status();
  return {pass.stopped() ? OkStatus() : status, std::move(pass.attachments),
          std::move(pass.findings)};
}

Status AttachmentVerification::Finish(FileReport& report) {
  sha256_.set_value(report.sha256);
  Found found = found_.get();
  SCEAU_RETURN_IF_ERROR(found.status);
  std::move(found.attachments.begin(), found.attachments.end(),
            std::back_inserter(report.attachments));
  std::move(found.findings.begin(), found.findings.end(), std::back_inserter(report.findings));
  return OkStatus();
}

Status VerifyAttachments(const InputFile& file, const VerifyOptions& options, FileReport& report) {
  return AttachmentVerification(file, options).Finish(report);
}

}  // namespace sceau::verifier
