#include <algorithm>
#include <optional>
#include <set>

#include "base/strings.h"
#include "signer/candidates.h"
#include "signer/rule_check.h"
#include "signer/selection.h"
#include "signer/signature_id.h"
#include "signer/signer.h"
#include "xades/algorithms.h"
#include "xades/builder.h"
#include "xml/start_tag.h"

namespace sceau::signer {
namespace {

using schemas::Domain;

// `base`, or with the first suffix _2, _3... that makes it unique; then it is taken.
std::string TakeId(xml::IdSet& ids, const std::string& base) {
  std::string id = base;
  for (int suffix = 2; ids.Contains(id); ++suffix) id = Concat(base, "_", suffix);
  ids.Insert(id);
  return id;
}

class Preparation {
 public:
  Preparation(const InputFile& input, const SignatureParameters& parameters)
      : input_(input), profile_(*parameters.profile) {
    out_.parameters = parameters;
    assumed_.whole = parameters.selection.what == Selection::What::kWhole;
    assumed_.whole_document = assumed_.whole && profile_.whole_document;
    assumed_.set_dematerialisee = parameters.set_dematerialisee;
  }

  StatusOr<Prepared> Run() {
    SCEAU_RETURN_IF_ERROR(CheckParameters(out_.parameters));
    RuleCheck rules(input_, out_.parameters);
    SCEAU_RETURN_IF_ERROR(Read());
    // The default Ids are assumed while the digests are made; when one is taken already, the Ids
    // that are free are known now and the file is read once more.
    if (SettleIds()) {
      const std::string first = candidates_->sha256;
      SCEAU_RETURN_IF_ERROR(Read());
      if (candidates_->sha256 != first) return Error(Reason::kInputChanged);
      SettleIds();
    }
    out_.kind = candidates_->kind;
    out_.encoding = candidates_->gate.encoding;
    out_.sha256 = candidates_->sha256;
    SCEAU_RETURN_IF_ERROR(rules.Finish(out_.sha256, out_));
    SCEAU_RETURN_IF_ERROR(PlanFlags());
    PlanTargets();
    std::stable_sort(out_.edits.begin(), out_.edits.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
    out_.facts = std::move(candidates_->pes.facts());
    if (out_.kind == schemas::Kind::kPesAller) {
      out_.facts.pieces_justificatives = std::move(rules.pieces());
    }
    if (candidates_->kind == schemas::Kind::kBudgetAct) {
      out_.budget = std::move(candidates_->budget.facts());
    }
    return std::move(out_);
  }

 private:
  Status Read() {
    xml::CanonicalOptions canonical;
    canonical.method = xades::FindCanonicalization(profile_.canonicalization)->method;
    SCEAU_ASSIGN_OR_RETURN(
        candidates_,
        ReadCandidates(input_, canonical, xades::FindDigestMethod(profile_.digest_method)->digest,
                       assumed_));
    const std::string kind(schemas::NameOf(candidates_->kind));
    if (std::find(profile_.documents.begin(), profile_.documents.end(), kind) ==
        profile_.documents.end()) {
      return Error(Reason::kDocumentNotSupported, Concat(profile_.name, ", ", kind));
    }
    SCEAU_ASSIGN_OR_RETURN(selected_, Select(*candidates_, out_.parameters));
    return OkStatus();
  }

  // Names the elements that have no Id; true when a name differs from the one assumed.
  bool SettleIds() {
    bool differs = false;
    given_.clear();
    const auto settle = [&](const std::string& default_id) {
      const std::string id = TakeId(candidates_->ids, default_id);
      differs |= id != assumed_.IdFor(default_id);
      assumed_.ids[default_id] = id;
      given_.push_back(id);
    };
    const schemas::PesFacts& facts = candidates_->pes.facts();
    if (assumed_.whole && !assumed_.whole_document && !facts.root_id) settle(kDefaultRootId);
    for (const size_t index : selected_) {
      if (!facts.bordereaux[index].id) settle(DefaultId(facts.bordereaux[index]));
    }
    return differs;
  }

  void PlanInsertion(int64_t offset, std::string removed, std::string inserted) {
    out_.edits.push_back(
        {offset, std::move(removed),
         [text = std::move(inserted)]() -> StatusOr<std::string> { return text; }});
  }

  void PlanId(const xml::ByteRange& start_tag, size_t name_length, const std::string& id) {
    PlanInsertion(start_tag.offset + 1 + static_cast<int64_t>(name_length), "",
                  Concat(" Id=\"", id, "\""));
  }

  // InfoDematerialisee is set to 1 in the domains that will carry a signature.
  Status PlanFlags() {
    const bool is_pes = candidates_->kind == schemas::Kind::kPesAller;
    if (!is_pes || !out_.parameters.set_dematerialisee) return OkStatus();
    std::set<Domain> domains;
    if (assumed_.whole) domains = {Domain::kDepense, Domain::kRecette};
    for (const size_t index : selected_) {
      domains.insert(candidates_->pes.facts().bordereaux[index].domain);
    }
    for (const Domain domain : domains) {
      const schemas::DomainFacts& of = candidates_->pes.facts().Of(domain);
      if (!of.present || of.Dematerialisee()) continue;
      if (!of.info_dematerialisee) {
        PlanInsertion(of.header_end, "", "<InfoDematerialisee V=\"1\"/>");
      } else {
        SCEAU_RETURN_IF_ERROR(PlanFlagValue(of));
      }
    }
    return OkStatus();
  }

  // Finds the value of V in the bytes of the start tag.
  Status PlanFlagValue(const schemas::DomainFacts& of) {
    SCEAU_ASSIGN_OR_RETURN(
        const std::string tag,
        input_.Slice(of.info_tag.offset, static_cast<size_t>(of.info_tag.length)));
    const std::optional<xml::ByteRange> value = xml::AttributeValue(tag, "V");
    if (!value) {
      return Error(Reason::kElementMalformed, "InfoDematerialisee",
                   {of.line, of.column, "InfoDematerialisee"});
    }
    PlanInsertion(
        of.info_tag.offset + value->offset,
        tag.substr(static_cast<size_t>(value->offset), static_cast<size_t>(value->length)), "1");
    return OkStatus();
  }

  void PlanTargets() {
    const schemas::PesFacts& facts = candidates_->pes.facts();
    size_t next_given = 0;
    const auto id_of = [&](const std::optional<std::string>& id, const xml::ByteRange& tag,
                           size_t name_length) {
      if (id) return *id;
      PlanId(tag, name_length, given_[next_given]);
      return given_[next_given++];
    };
    if (assumed_.whole) {
      Target target;
      target.scope = schemas::Scope::kWhole;
      if (assumed_.whole_document) {
        target.id = facts.RootName();
      } else {
        target.id = id_of(facts.root_id, facts.root_start_tag, RootNameLength());
        target.reference_id = target.id;
      }
      target.element_digest = candidates_->root_digest;
      target.offset = facts.root_end_tag.offset;
      AddTarget(std::move(target));
    }
    for (const size_t index : selected_) {
      const schemas::Bordereau& bordereau = facts.bordereaux[index];
      Target target;
      target.bordereau = index;
      target.id = id_of(bordereau.id, bordereau.start_tag, std::string_view("Bordereau").size());
      target.reference_id = target.id;
      target.element_digest = candidates_->bordereau_digests[index];
      target.offset = bordereau.end_tag.offset;
      AddTarget(std::move(target));
    }
  }

  // In bytes of the file: one for each character in ISO-8859-1.
  size_t RootNameLength() const {
    const std::string& qname = candidates_->pes.facts().root_qname;
    if (candidates_->gate.encoding == xml::Encoding::kUtf8) return qname.size();
    return static_cast<size_t>(
        std::count_if(qname.begin(), qname.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
  }

  void AddTarget(Target target) {
    target.signature_id = TakeSignatureId(profile_, target.id, out_.parameters.signing_time,
                                          out_.targets.size() + 1, candidates_->ids);
    out_.targets.push_back(std::move(target));
  }

  const InputFile& input_;
  const xades::Profile& profile_;
  AssumedEdits assumed_;
  std::unique_ptr<Candidates> candidates_;
  std::vector<size_t> selected_;
  std::vector<std::string> given_;  // the Ids given, in document order
  Prepared out_;
};

}  // namespace

StatusOr<Prepared> Prepare(const InputFile& input, const SignatureParameters& parameters) {
  return Preparation(input, parameters).Run();
}

}  // namespace sceau::signer
