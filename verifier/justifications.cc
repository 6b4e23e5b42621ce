#include "verifier/justifications.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "schemas/acte.h"
#include "schemas/attachment_files.h"
#include "schemas/content_spool.h"

namespace sceau::verifier {
namespace {

using policy::Justification;
using schemas::PieceJustificative;
using schemas::SentDocument;
using By = policy::Justification::By;

// The documents that @CTES acknowledged, by name, with the day of reception.
using Receipts = std::map<std::string, std::string>;

void TakeReceipt(const InputFile& content, Receipts& receipts) {
  const auto acte = schemas::ReadActe(content);
  if (!acte.ok() || !acte->IsReceipt() || acte->identifier.empty()) return;
  if (acte->reception_date.empty()) return;
  for (const schemas::ActeFile& it : acte->files) {
    if (it.element == "Document" && !it.name.empty()) {
      receipts.emplace(it.name, acte->reception_date);
    }
  }
}

StatusOr<Receipts> ReadReceipts(const InputFile& file,
                                const std::vector<PieceJustificative>& pieces) {
  Receipts receipts;
  size_t count = 0;
  schemas::ContentSpool spool(
      kMaxReceipt, [](schemas::ContentType type) { return type == schemas::ContentType::kXml; });
  const auto wanted = [](const PieceJustificative& it) {
    return it.content == schemas::ContentType::kXml && it.size && *it.size <= kMaxReceipt;
  };
  if (std::none_of(pieces.begin(), pieces.end(), wanted)) return receipts;
  const auto sink = [&](size_t, const PieceJustificative& it) -> StatusOr<xml::OctetSink*> {
    if (!wanted(it) || ++count > kMaxReceipts) return nullptr;
    spool.Start();
    return &spool;
  };
  const auto end = [&](size_t, const PieceJustificative&) -> Status {
    const auto content = spool.Content();
    if (content.ok()) TakeReceipt(*content, receipts);
    spool.Drop();
    return OkStatus();
  };
  SCEAU_RETURN_IF_ERROR(schemas::ReadContents(file, pieces, sink, end));
  return receipts;
}

class Gatherer {
 public:
  Gatherer(const schemas::PesFacts& pes, const std::vector<FileReport>& attachments,
           Receipts receipts, const schemas::SentRegister* sent, policy::DocumentFacts& document)
      : pes_(pes), receipts_(std::move(receipts)), sent_(sent), document_(document) {
    std::set<std::string_view> twice, names;
    for (const PieceJustificative& it : pes.pieces_justificatives) {
      if (!pieces_.emplace(it.id, &it).second) twice.insert(it.id);
      if (!names.insert(it.name).second) receipts_.erase(it.name);
    }
    // Which of two is meant? Neither attests anything.
    for (const std::string_view id : twice) pieces_[id] = nullptr;
    for (const FileReport& it : attachments) TakeSigners(it);
  }

  void Gather() {
    for (const auto& [id, signers] : signers_) Stand(id, id);
    for (const schemas::Bordereau& bordereau : pes_.bordereaux) {
      const auto& ids = bordereau.pieces_justificatives;
      for (const std::string& id : ids) {
        if (const auto* earlier = Earlier(id)) {
          if (!earlier->sha256.empty()) document_.acts.push_back(earlier->sha256);
          Stand(id, id);
        }
      }
      for (const auto& group : bordereau.together) Together(ids, group);
    }
  }

 private:
  void TakeSigners(const FileReport& report) {
    const auto piece = pieces_.find(report.attachment_id);
    if (piece == pieces_.end() || piece->second == nullptr) return;
    if (piece->second->sha256.empty() || piece->second->sha256 != report.sha256) return;
    for (const SignatureReport& it : report.signatures) {
      if (it.indication != Indication::kTotalPassed || !it.signer) continue;
      if (it.scope != schemas::Scope::kWhole) continue;
      signers_[std::string(piece->first)].push_back(
          {it.signer->issuer, it.signer->serial, it.signer->key_sha256});
    }
  }

  // One that is not in the file and was sent before it; null: it was not.
  const SentDocument* Earlier(const std::string& id) {
    if (sent_ == nullptr || pieces_.contains(id)) return nullptr;
    const auto [known, is_new] = earlier_.try_emplace(id);
    if (is_new) known->second = sent_->Describe(pes_.collectivite.id_coll, id);
    return known->second ? &*known->second : nullptr;
  }

  bool CanStand(const std::string& id) {
    if (signers_.contains(id)) return true;
    const auto piece = pieces_.find(id);
    if (piece == pieces_.end()) {
      const SentDocument* earlier = Earlier(id);
      return earlier != nullptr && earlier->attested;
    }
    return piece->second != nullptr && receipts_.contains(piece->second->name);
  }

  void Together(const std::vector<std::string>& ids, const std::vector<uint32_t>& group) {
    const std::set<uint32_t> each(group.begin(), group.end());
    for (const uint32_t carrier : each) {
      if (!CanStand(ids[carrier])) continue;
      for (const uint32_t piece : each) {
        if (piece != carrier) Stand(ids[piece], ids[carrier]);
      }
    }
  }

  void Add(Justification it) { document_.justifications.push_back(std::move(it)); }

  void Stand(const std::string& piece, const std::string& carrier) {
    if (document_.justifications.size() >= kMaxJustifications) return;
    if (!told_.emplace(piece, carrier).second) return;
    if (const auto signers = signers_.find(carrier); signers != signers_.end()) {
      for (const policy::Signer& signer : signers->second) {
        Add({.piece = piece, .by = By::kSignedPiece, .carrier = carrier, .signer = signer});
      }
    }
    const auto here = pieces_.find(carrier);
    if (here == pieces_.end()) return StandEarlier(piece, carrier);
    if (here->second == nullptr || piece == carrier) return;
    const auto receipt = receipts_.find(here->second->name);
    if (receipt == receipts_.end()) return;
    Add({.piece = piece,
         .by = By::kDecision,
         .carrier = carrier,
         .transmitted = true,
         .received = receipt->second});
  }

  void StandEarlier(const std::string& piece, const std::string& carrier) {
    const SentDocument* earlier = Earlier(carrier);
    if (earlier == nullptr || !earlier->attested) return;
    Add({.piece = piece,
         .by = By::kSentEarlier,
         .carrier = carrier,
         .sent_in = earlier->in.file_name.empty() ? earlier->in.sha256 : earlier->in.file_name,
         .sent_at = earlier->at,
         .earlier = policy::PieceFacts{carrier, earlier->name, earlier->type, {}}});
  }

  const schemas::PesFacts& pes_;
  Receipts receipts_;
  const schemas::SentRegister* const sent_;
  policy::DocumentFacts& document_;
  std::unordered_map<std::string_view, const PieceJustificative*> pieces_;  // null: stands twice
  std::map<std::string, std::vector<policy::Signer>, std::less<>> signers_;
  std::map<std::string, std::optional<SentDocument>> earlier_;
  std::set<std::pair<std::string, std::string>> told_;
};

}  // namespace

Status AddJustifications(const InputFile& file, const schemas::PesFacts& pes,
                         const std::vector<FileReport>& attachments,
                         const schemas::SentRegister* sent, policy::DocumentFacts& document) {
  SCEAU_ASSIGN_OR_RETURN(Receipts receipts, ReadReceipts(file, pes.pieces_justificatives));
  Gatherer(pes, attachments, std::move(receipts), sent, document).Gather();
  return OkStatus();
}

}  // namespace sceau::verifier
