#include "schemas/attachment_files.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "base/cut.h"
#include "base/strings.h"
#include "schemas/attachment.h"
#include "schemas/inspection.h"
#include "schemas/pes_reader.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

// Gives contents to sinks while the file passes once more.
class ContentPass final : public xml::Handler {
 public:
  ContentPass(const std::vector<PieceJustificative>& pieces, const ContentSink& sink,
              const ContentEnd& end)
      : pieces_(pieces), sink_(sink), end_(end) {}

  Status OnStart(const xml::StartElement& element) override {
    SCEAU_ASSIGN_OR_RETURN(const PesNode node, pes_.Start(element));
    if (node == PesNode::kPj) ++count_;
    if (node != PesNode::kFichier) return OkStatus();
    if (count_ > pieces_.size()) return Error(Reason::kInputChanged);
    const PieceJustificative& piece = pieces_[count_ - 1];
    if (!piece.size) return OkStatus();
    SCEAU_ASSIGN_OR_RETURN(xml::OctetSink * sink, sink_(count_ - 1, piece));
    if (sink != nullptr) reader_ = std::make_unique<AttachmentReader>(sink);
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement& element) override {
    if (pes_.End(element) != PesNode::kFichier || reader_ == nullptr) return OkStatus();
    const auto reader = std::move(reader_);
    const PieceJustificative& piece = pieces_[count_ - 1];
    (void)reader->Finish();
    if (reader->Sha256Hex() != piece.sha256) return Error(Reason::kInputChanged);
    return end_ ? end_(count_ - 1, piece) : OkStatus();
  }
  Status OnText(std::string_view text) override {
    if (reader_ != nullptr) reader_->Feed(text);
    return OkStatus();
  }

 private:
  const std::vector<PieceJustificative>& pieces_;
  const ContentSink& sink_;
  const ContentEnd& end_;
  PesReader pes_;
  std::unique_ptr<AttachmentReader> reader_;
  size_t count_ = 0;
};

}  // namespace

StatusOr<std::vector<PieceJustificative>> ReadAttachments(const InputFile& file,
                                                          const ContentSink& sink,
                                                          const ContentEnd& end) {
  SCEAU_ASSIGN_OR_RETURN(Inspection inspection, Inspect(file));
  if (inspection.kind != Kind::kPesAller) {
    return Error(Reason::kDocumentUnknown, NameOf(inspection.kind));
  }
  std::vector<PieceJustificative> pieces = std::move(inspection.pes.pieces_justificatives);
  if (sink) SCEAU_RETURN_IF_ERROR(ReadContents(file, pieces, sink, end));
  return pieces;
}

Status ReadContents(const InputFile& file, const std::vector<PieceJustificative>& pieces,
                    const ContentSink& sink, const ContentEnd& end) {
  int64_t total = 0;
  for (const PieceJustificative& piece : pieces) total += piece.size.value_or(0);
  if (total > kMaxContents) return Error(Reason::kXmlLimitExceeded, "PES_PJ");
  ContentPass pass(pieces, sink, end);
  return xml::Parse(file, pass).status();
}

std::string SafeFileName(const PieceJustificative& piece, std::set<std::string>& taken) {
  constexpr size_t kMaxStem = 120, kMaxExtension = 12;  // bytes
  constexpr std::string_view kRefused = "/\\:*?\"<>|`$&;'\x7F";
  std::string name = piece.name.empty() ? piece.id : piece.name;
  name.erase(0, name.find_last_of("/\\") + 1);
  for (char& c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || kRefused.find(c) != std::string_view::npos) c = '_';
  }
  // U+0080 to U+009F are control characters too, U+202A to U+202E turn the writing direction.
  for (size_t at = 0; at + 1 < name.size(); ++at) {
    const std::string_view two = std::string_view(name).substr(at, 2);
    if (two[0] == '\xC2' && static_cast<unsigned char>(two[1]) < 0xA0) name.replace(at, 2, "_");
    if (std::string_view(name).substr(at, 2) == "\xE2\x80" && at + 2 < name.size()) {
      name.replace(at, 3, "_");
    }
  }
  const auto trim = [&name] {
    while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
  };
  trim();
  const size_t dot = name.find_last_of('.');
  std::string extension;
  if (dot != std::string::npos && dot > 0 && name.size() - dot <= kMaxExtension) {
    extension = name.substr(dot);
    name.resize(dot);
  } else {
    extension = std::string(ExtensionOf(piece.content));
  }
  trim();
  if (name.empty()) name = "PJ";
  if (name[0] == '.' || name[0] == '-' || name[0] == ' ') name[0] = '_';
  name.resize(Cut(name, kMaxStem).size());
  std::string out = Concat(name, extension);
  for (int n = 2; !taken.insert(absl::AsciiStrToLower(out)).second; ++n) {
    out = Concat(name, "_", n, extension);
  }
  return out;
}

}  // namespace sceau::schemas
