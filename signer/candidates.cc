#include "signer/candidates.h"

#include <optional>

#include "base/strings.h"
#include "xml/background_digest.h"
#include "xml/parser.h"

namespace sceau::signer {
namespace {

using schemas::PesNode;

class CandidateReader final : public xml::Handler {
 public:
  CandidateReader(Candidates& out, const xml::CanonicalOptions& canonical, DigestAlgorithm digest,
                  const AssumedEdits& edits)
      : out_(out), canonical_(canonical), digest_(digest), edits_(edits) {
    if (!edits_.whole_document) return;
    sink_.emplace(digest_);
    form_.emplace(canonical_, *sink_);
    canonicaliser_.OpenDocument(*form_);
  }

  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1) {
      out_.kind = schemas::KindOf(element);
      if (!IsPes() && !IsBudget()) {
        return Error(Reason::kDocumentUnknown, element.qname,
                     {element.line, element.column, std::string(element.qname)});
      }
    }
    SCEAU_RETURN_IF_ERROR(out_.ids.Collect(element));
    SCEAU_ASSIGN_OR_RETURN(const PesNode node, out_.pes.Start(element));
    if (IsBudget()) SCEAU_RETURN_IF_ERROR(out_.budget.OnStart(element));
    if (edits_.whole_document) return StartEdited(node, element);
    if (node == (edits_.whole ? PesNode::kRoot : PesNode::kBordereau)) {
      sink_.emplace(digest_);
      form_.emplace(canonical_, *sink_);
      canonicaliser_.Open(*form_);
      return StartWithId(element);
    }
    return StartEdited(node, element);
  }

  Status OnEnd(const xml::EndElement& element) override {
    const PesNode node = out_.pes.End(element);
    if (IsBudget()) SCEAU_RETURN_IF_ERROR(out_.budget.OnEnd(element));
    if (node == PesNode::kDomainHeader && IsPes() && edits_.set_dematerialisee) {
      SCEAU_RETURN_IF_ERROR(InsertMissingFlag(element));
    }
    SCEAU_RETURN_IF_ERROR(canonicaliser_.End(element));
    if (node == PesNode::kBordereau && !edits_.whole) {
      out_.bordereau_digests.push_back(sink_->Finish());
    } else if (node == PesNode::kRoot && edits_.whole && !edits_.whole_document) {
      out_.root_digest = sink_->Finish();
    }
    return OkStatus();
  }

  Status OnText(std::string_view text) override {
    canonicaliser_.Text(text);
    return IsBudget() ? out_.budget.OnText(text) : OkStatus();
  }
  Status OnInstruction(std::string_view target, std::string_view data) override {
    canonicaliser_.Instruction(target, data);
    // Before the root its kind is not known; a seal covers what stands there.
    return out_.budget.OnInstruction(target, data);
  }
  Status OnComment(std::string_view text) override {
    canonicaliser_.Comment(text);
    return out_.budget.OnComment(text);
  }

  // The document has ended.
  void Finish() {
    if (edits_.whole_document) out_.root_digest = sink_->Finish();
    if (IsBudget()) out_.budget.Finish();
  }

 private:
  bool IsPes() const { return out_.kind == schemas::Kind::kPesAller; }
  bool IsBudget() const { return out_.kind == schemas::Kind::kBudgetAct; }

  Status StartEdited(PesNode node, const xml::StartElement& element) {
    if (node == PesNode::kInfoDematerialisee && IsPes() && edits_.set_dematerialisee) {
      return StartWithFlag(element);
    }
    return canonicaliser_.Start(element);
  }

  // The element with the Id it is given when it has none.
  Status StartWithId(const xml::StartElement& element) {
    if (element.Find("Id") != nullptr) return canonicaliser_.Start(element);
    const schemas::Bordereau* bordereau = out_.pes.OpenBordereau();
    const std::string id =
        edits_.IdFor(bordereau == nullptr ? kDefaultRootId : DefaultId(*bordereau));
    std::vector<xml::Attribute> attributes(element.attributes.begin(), element.attributes.end());
    attributes.push_back({"Id", "", "Id", "", id});
    xml::StartElement edited = element;
    edited.attributes = attributes;
    return canonicaliser_.Start(edited);
  }

  // InfoDematerialisee with its V set to 1.
  Status StartWithFlag(const xml::StartElement& element) {
    std::vector<xml::Attribute> attributes(element.attributes.begin(), element.attributes.end());
    for (xml::Attribute& attribute : attributes) {
      const bool is_set = attribute.value == "1" || attribute.value == "true";
      if (attribute.qname == "V" && !is_set) attribute.value = "1";
    }
    xml::StartElement edited = element;
    edited.attributes = attributes;
    return canonicaliser_.Start(edited);
  }

  // <InfoDematerialisee V="1"/> at the end of a header that has none.
  Status InsertMissingFlag(const xml::EndElement& header) {
    const auto& domain = out_.pes.facts().Of(out_.pes.CurrentDomain());
    if (domain.info_dematerialisee) return OkStatus();
    static constexpr xml::Attribute kOne[] = {{"V", "", "V", "", "1"}};
    static const xml::NamespaceScope kNoScope;
    xml::StartElement flag{"InfoDematerialisee", "", "InfoDematerialisee", ""};
    flag.attributes = kOne;
    flag.scope = &kNoScope;
    flag.depth = header.depth + 1;
    SCEAU_RETURN_IF_ERROR(canonicaliser_.Start(flag));
    return canonicaliser_.End({flag.qname, flag.depth, {}});
  }

  Candidates& out_;
  const xml::CanonicalOptions& canonical_;
  const DigestAlgorithm digest_;
  const AssumedEdits& edits_;
  xml::Canonicaliser canonicaliser_;
  std::optional<xml::DigestSink> sink_;
  std::optional<xml::CanonicalForm> form_;
};

}  // namespace

std::string DefaultId(const schemas::Bordereau& bordereau) {
  return Concat(bordereau.domain == schemas::Domain::kDepense ? "BD" : "BR", bordereau.ordinal);
}

StatusOr<std::unique_ptr<Candidates>> ReadCandidates(const InputFile& input,
                                                     const xml::CanonicalOptions& canonical,
                                                     DigestAlgorithm digest,
                                                     const AssumedEdits& edits) {
  auto out = std::make_unique<Candidates>();
  CandidateReader reader(*out, canonical, digest, edits);
  xml::BackgroundDigest raw(DigestAlgorithm::kSha256, input.size());
  SCEAU_ASSIGN_OR_RETURN(out->gate, xml::Parse(input, reader, {}, &raw));
  reader.Finish();
  out->sha256 = raw.Finish();
  return out;
}

}  // namespace sceau::signer
