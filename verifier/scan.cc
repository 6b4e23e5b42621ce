#include "verifier/scan.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/strings.h"
#include "xml/background_digest.h"

namespace sceau::verifier {
namespace {

using schemas::PesNode;

// The canonical form that nearly every signature of the field needs, made on the chance that one
// comes: exclusive, SHA-256, without the signatures that are children of the apex.
class LikelyDigest {
 public:
  void Open(xml::Canonicaliser& canonicaliser) {
    sink_.emplace(DigestAlgorithm::kSha256);
    form_.emplace(xml::CanonicalOptions{}, *sink_);
    canonicaliser.Open(*form_);
    first_signature_.reset();
    signatures_ = 0;
  }
  bool open() const { return form_.has_value(); }
  void SignatureComes(size_t index) {
    form_->SkipNextElement();
    ++signatures_;
    first_signature_ = index;
  }
  // The digest when exactly one signature stands in the apex, with that signature's index.
  std::optional<size_t> SoleSignature() const {
    return signatures_ == 1 ? first_signature_ : std::nullopt;
  }
  std::string Close() {
    std::string digest = sink_->Finish();
    form_.reset();
    return digest;
  }
  static bool Serves(const ContentReference& reference) {
    return reference.enveloped && (reference.of_root || !reference.elsewhere) &&
           reference.canonical == xml::CanonicalOptions{} &&
           reference.digest == DigestAlgorithm::kSha256;
  }

 private:
  std::optional<xml::DigestSink> sink_;
  std::optional<xml::CanonicalForm> form_;
  std::optional<size_t> first_signature_;
  int signatures_ = 0;
};

class Scanner final : public xml::Handler {
 public:
  using Signers = std::vector<std::shared_ptr<const xades::Certificate>>;

  Scanner(Scan& scan, bool root_may_be_signed, const Signers& signers)
      : scan_(scan), root_may_be_signed_(root_may_be_signed), signers_(signers) {}

  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1) scan_.kind = schemas::KindOf(element);
    SCEAU_RETURN_IF_ERROR(scan_.ids.Collect(element));
    NotePesParts(element);
    SCEAU_ASSIGN_OR_RETURN(const PesNode node, scan_.pes.Start(element));
    if (IsBudget()) SCEAU_RETURN_IF_ERROR(scan_.budget.OnStart(element));
    const bool of_file = IsActes() && scan_.acte.InFileSignature();
    if (IsActes()) SCEAU_RETURN_IF_ERROR(scan_.acte.OnStart(element));
    if (signature_.Active()) {
      SCEAU_RETURN_IF_ERROR(signature_.Start(element));
    } else if (node == PesNode::kSignature ||
               (element.depth == 1 && element.Is(schemas::kDsNamespace, "Signature"))) {
      BeginSignature(element, of_file);
    } else {
      if (IsPes()) NotePart(element, node);
      if (!root_path_.empty() || element.depth == 1) RememberXmlAttributes(element);
      if (element.depth == 1) BeginRoot(element);
      if (node == PesNode::kBordereau && IsPes()) {
        bordereau_offset_ = element.bytes.offset;
        bordereau_.Open(canonicaliser_);
      }
    }
    return canonicaliser_.Start(element);
  }

  Status OnEnd(const xml::EndElement& element) override {
    SCEAU_RETURN_IF_ERROR(canonicaliser_.End(element));
    const PesNode node = scan_.pes.End(element);
    if (IsBudget()) SCEAU_RETURN_IF_ERROR(scan_.budget.OnEnd(element));
    if (IsActes()) SCEAU_RETURN_IF_ERROR(scan_.acte.OnEnd(element));
    while (!xml_attributes_.empty() && xml_attributes_.back().first >= element.depth) {
      xml_attributes_.pop_back();
    }
    if (signature_.Active()) {
      signature_.End();
      if (!signature_.Active()) FinishSignature();
    } else if (node == PesNode::kBordereau && bordereau_.open()) {
      Compare(bordereau_);
    } else if (element.depth == 1 && root_.open()) {
      Compare(root_);
    }
    return OkStatus();
  }

  Status OnText(std::string_view text) override {
    canonicaliser_.Text(text);
    if (IsBudget()) SCEAU_RETURN_IF_ERROR(scan_.budget.OnText(text));
    if (IsActes()) SCEAU_RETURN_IF_ERROR(scan_.acte.OnText(text));
    return signature_.Active() ? signature_.Text(text) : OkStatus();
  }
  Status OnInstruction(std::string_view target, std::string_view data) override {
    canonicaliser_.Instruction(target, data);
    // Before the root its kind is not known; a seal covers what stands there.
    SCEAU_RETURN_IF_ERROR(scan_.budget.OnInstruction(target, data));
    if (signature_.Active()) return signature_.Instruction(target, data);
    outside_instructions_ |= scan_.pes.facts().root_qname.empty() || root_ended();
    return OkStatus();
  }
  Status OnComment(std::string_view text) override {
    canonicaliser_.Comment(text);
    SCEAU_RETURN_IF_ERROR(scan_.budget.OnComment(text));
    return signature_.Active() ? signature_.Comment(text) : OkStatus();
  }

  // The document has ended.
  void Finish() {
    if (IsBudget()) scan_.budget.Finish();
    if (!outside_instructions_ && document_digest_) Settle(*document_digest_);
  }

 private:
  bool IsPes() const { return scan_.kind == schemas::Kind::kPesAller; }
  // The formats of the field say where their signatures stand; other documents do not.
  // Parts of a PES under another root keep its rules: a disguise gives no freedom.
  bool AnyDocument() const {
    return !IsPes() && scan_.kind != schemas::Kind::kBudgetAct && !holds_pes_parts_;
  }
  void NotePesParts(const xml::StartElement& element) {
    constexpr std::string_view kHelios = "http://www.minefi.gouv.fr/cp/helios/";
    holds_pes_parts_ |=
        element.uri.starts_with(kHelios) || (element.uri.empty() && element.local == "Bordereau");
  }
  bool IsBudget() const { return schemas::HoldsBudget(scan_.kind); }
  bool IsActes() const { return schemas::IsActes(scan_.kind); }
  bool root_ended() const { return scan_.pes.facts().root_end_tag.length > 0; }

  void BeginRoot(const xml::StartElement& element) {
    root_path_ = Concat("/", element.qname);
    root_qname_ = std::string(element.qname);
    for (const xml::Attribute& a : element.attributes) {
      if (xml::IsIdName(a.uri, a.local)) root_id_ = std::string(a.value);
    }
    root_offset_ = element.bytes.offset;
    if (root_may_be_signed_) root_.Open(canonicaliser_);
  }

  void RememberXmlAttributes(const xml::StartElement& element) {
    for (const xml::Attribute& a : element.attributes) {
      if (a.prefix != "xml") continue;
      xml_attributes_.push_back({element.depth,
                                 {std::string(a.qname), "xml", std::string(a.local),
                                  std::string(a.uri), std::string(a.value)}});
    }
  }

  // The parts a bordereau's signature does not cover, for the list of what is not covered: the
  // children of the root, and in a domain whatever is not a bordereau, even if it is called so.
  void NotePart(const xml::StartElement& element, PesNode node) {
    constexpr size_t kMaxParts = 64;
    std::string path;
    const PesNode parent = scan_.pes.Parent();
    if (element.depth == 2 && node != PesNode::kDepense && node != PesNode::kRecette) {
      path = Concat(root_path_, "/", element.qname);
    } else if (node != PesNode::kBordereau &&
               (parent == PesNode::kDepense || parent == PesNode::kRecette)) {
      path = Concat(root_path_, "/",
                    parent == PesNode::kDepense ? "PES_DepenseAller" : "PES_RecetteAller", "/",
                    element.qname);
      if (!element.uri.empty()) AppendTo(path, "{", element.uri, "}");
    } else {
      return;
    }
    auto& parts = scan_.root_children;
    if (parts.size() > kMaxParts || std::find(parts.begin(), parts.end(), path) != parts.end()) {
      return;
    }
    // Nothing is left out unsaid.
    parts.push_back(parts.size() < kMaxParts ? path : Concat(root_path_, "/*"));
  }

  // `of_file`: it stands where a message of @CTES has the signature of a file.
  void BeginSignature(const xml::StartElement& element, bool of_file) {
    placement_ = SignaturePlacement();
    acte_file_.reset();
    placement_.signature_offset = element.bytes.offset;
    const schemas::PesFacts& facts = scan_.pes.facts();
    const size_t index = scan_.signatures.size();
    if (AnyDocument()) {
      PlaceAnywhere(element);
      if (of_file) PlaceOfFile();
    } else if (element.depth == 2) {
      placement_.scope = schemas::Scope::kWhole;
      placement_.of = facts.RootName();
      placement_.parent_id = facts.root_id.value_or("");
      placement_.parent_offset = root_offset_;
      placement_.crowded = facts.root_signatures > kMaxParallelSignatures;
    } else if (scan_.pes.Parent() == PesNode::kBordereau && IsPes()) {
      const schemas::Bordereau& bordereau = facts.bordereaux.back();
      placement_.scope = schemas::Scope::kBordereau;
      placement_.of = bordereau.Name();
      placement_.parent_id = bordereau.id.value_or("");
      placement_.parent_offset = bordereau_offset_;
      placement_.crowded = bordereau.signatures > kMaxParallelSignatures;
      bordereau_.SignatureComes(index);
    }
    const bool in_root = AnyDocument() || element.depth == 2;
    if (root_.open() && in_root) root_.SignatureComes(index);
    std::vector<xml::FragmentNode::Attr> inherited;
    for (const auto& [depth, attribute] : xml_attributes_) inherited.push_back(attribute);
    signature_.Begin(element, std::move(inherited));
  }

  void PlaceAnywhere(const xml::StartElement& element) {
    placement_.rules = {.any_document = true,
                        .parts_may_be_signed = scan_.kind == schemas::Kind::kCfu,
                        .max_references = xades::kMaxReferencesElsewhere};
    placement_.root_name = root_qname_;
    placement_.root_id = root_id_;
    placement_.is_root = element.depth == 1;
    placement_.may_be_detached = placement_.is_root;
    placement_.signers = signers_;
    placement_.crowded = scan_.signatures.size() >= kMaxSignaturesElsewhere;
  }

  void PlaceOfFile() {
    const auto& files = scan_.acte.facts().files;
    placement_.file = files.back().name;
    placement_.may_be_detached = !placement_.file.empty();
    acte_file_ = files.size() - 1;
  }

  void FinishSignature() {
    CheckedSignature checked = CheckSignature(signature_.Take(), placement_, certificates_);
    scan_.reports.push_back(checked.report);
    ScannedSignature& scanned = scan_.signatures.emplace_back();
    scanned.parent_offset = placement_.parent_offset;
    scanned.signature_offset = placement_.signature_offset;
    scanned.acte_file = acte_file_;
    if (checked.faults.empty() && checked.content.empty()) {
      scanned.content_holds = true;  // all it signs stands in it
    } else if (checked.faults.empty()) {
      scanned.contents =
          std::make_unique<std::vector<ContentReference>>(std::move(checked.content));
    }
    if (!checked.imprints.list.empty()) held_imprints_ += checked.imprints.octets;
    if (held_imprints_ <= kMaxHeldImprints) scanned.imprints = std::move(checked.imprints.list);
    scanned.manifest_digests = std::move(checked.manifest_digests);
    scanned.evidence = std::move(checked);
  }

  void Compare(LikelyDigest& likely) {
    const auto sole = likely.SoleSignature();
    const KnownDigest known{sole.value_or(0), likely.Close()};
    if (!sole) return;
    const auto* contents = scan_.signatures[*sole].contents.get();
    if (contents == nullptr || contents->size() != 1) return;
    const ContentReference& content = contents->front();
    if (!LikelyDigest::Serves(content)) return;
    if (content.whole_document) {
      document_digest_ = known;  // unless something stands after the document element
    } else {
      Settle(known);
    }
  }

  struct KnownDigest {
    size_t signature;
    std::string digest;
  };

  void Settle(const KnownDigest& known) {
    ScannedSignature& signature = scan_.signatures[known.signature];
    signature.content_holds = known.digest == signature.contents->front().expected;
    signature.contents.reset();
  }

  Scan& scan_;
  const bool root_may_be_signed_;
  const Signers& signers_;
  xml::Canonicaliser canonicaliser_;
  LikelyDigest root_, bordereau_;
  xml::FragmentBuilder signature_;
  SignaturePlacement placement_;
  CertificateCache certificates_;
  std::optional<KnownDigest> document_digest_;
  std::optional<size_t> acte_file_;
  std::vector<std::pair<int, xml::FragmentNode::Attr>> xml_attributes_;
  std::string root_path_, root_qname_, root_id_;
  int64_t root_offset_ = 0;
  int64_t bordereau_offset_ = 0;
  size_t held_imprints_ = 0;
  bool outside_instructions_ = false;
  bool holds_pes_parts_ = false;
};

// Whether a signature stands at the end of the document element. Only decides whether its digest is
// made on the chance; a wrong guess costs a second pass. A file that is still being written has no
// end yet: no.
bool RootMayBeSigned(const InputFile& file) {
  constexpr int64_t kTail = 4096;
  const int64_t length = std::min(file.size(), kTail);
  const auto tail = file.Slice(file.size() - length, static_cast<size_t>(length));
  if (!tail.ok()) return false;
  const size_t end = tail->rfind("</");
  const size_t before = end == std::string::npos ? end : tail->rfind("</", end - 1);
  return before != std::string::npos &&
         tail->substr(before, end - before).find("Signature") != std::string::npos;
}

}  // namespace

StatusOr<std::unique_ptr<Scan>> ScanFile(const InputFile& file, const Scanner::Signers& signers) {
  auto scan = std::make_unique<Scan>();
  Scanner scanner(*scan, RootMayBeSigned(file), signers);
  xml::BackgroundDigest raw(DigestAlgorithm::kSha256, file.size());
  SCEAU_RETURN_IF_ERROR(xml::Parse(file, scanner, {}, &raw).status());
  scan->sha256 = ToHex(raw.Finish());
  scanner.Finish();
  return scan;
}

}  // namespace sceau::verifier
