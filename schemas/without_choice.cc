#include "schemas/without_choice.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

// How often a supporting document is referred to by what goes and by what stays.
struct Uses {
  int64_t gone = 0, kept = 0;
};

class Chooser {
 public:
  Chooser(const PesParts& parts, const WithoutOptions& options) : parts_(parts), options_(options) {
    for (const BordereauPart& it : parts_.bordereaux) {
      out_.pieces.emplace_back(it.pieces.size(), Why::kKept);
    }
    out_.documents.resize(parts_.pieces_justificatives.size(), Why::kKept);
    out_.still_referenced.resize(parts_.pieces_justificatives.size(), false);
  }

  StatusOr<Choice> Run(const AcquitMatch* match) {
    if (match != nullptr) TakeAnswers(*match);
    for (const std::string& reference : options_.pieces)
      SCEAU_RETURN_IF_ERROR(TakeNamed(reference));
    TakeUnused();
    SCEAU_RETURN_IF_ERROR(CheckSomethingGoesAndStays());
    return std::move(out_);
  }

 private:
  Why WhyOf(Answer answer) const {
    if (answer == Answer::kRefused) return Why::kRefused;
    return answer == Answer::kAccepted && options_.omit_accepted ? Why::kAccepted : Why::kKept;
  }

  void TakeAnswers(const AcquitMatch& match) {
    for (size_t b = 0; b < match.bordereaux.size(); ++b) {
      for (size_t p = 0; p < match.bordereaux[b].pieces.size(); ++p) {
        out_.pieces[b][p] = WhyOf(match.bordereaux[b].pieces[p].answer);
      }
    }
    for (size_t i = 0; i < match.ids.size(); ++i) out_.documents[i] = WhyOf(match.ids[i]);
  }

  // By Id, reference, or the number alone; kNone when there is no one, or more than one.
  size_t FindBordereau(std::string_view name) const {
    size_t found = kNone;
    const std::vector<Bordereau>& all = parts_.facts.bordereaux;
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].id != name && all[i].Ref() != name && all[i].number != name) continue;
      if (all[i].id == name) return i;  // an Id is there once
      if (found != kNone) return kNone;
      found = i;
    }
    return found;
  }

  Status TakeNamed(const std::string& reference) {
    const size_t slash = reference.rfind('/');
    if (slash == std::string::npos) return Error(Reason::kUsage, Concat("--piece ", reference));
    const size_t b = FindBordereau(std::string_view(reference).substr(0, slash));
    if (b == kNone) return Error(Reason::kPieceNotFound, reference);
    const std::string_view number = std::string_view(reference).substr(slash + 1);
    const std::vector<PiecePart>& pieces = parts_.bordereaux[b].pieces;
    size_t found = kNone;
    for (size_t p = 0; p < pieces.size(); ++p) {
      if (pieces[p].number != number) continue;
      if (found != kNone) return Error(Reason::kPieceNotFound, reference, pieces[p].place);
      found = p;
    }
    if (found == kNone) return Error(Reason::kPieceNotFound, reference);
    out_.pieces[b][found] = Why::kAsked;
    return OkStatus();
  }

  void TakeUnused() {
    absl::flat_hash_map<std::string_view, Uses> uses;
    for (size_t b = 0; b < parts_.bordereaux.size(); ++b) {
      for (size_t p = 0; p < parts_.bordereaux[b].pieces.size(); ++p) {
        const bool gone = out_.pieces[b][p] != Why::kKept;
        for (const std::string& id : parts_.bordereaux[b].pieces[p].references) {
          ++(gone ? uses[id].gone : uses[id].kept);
        }
      }
    }
    for (size_t i = 0; i < out_.documents.size(); ++i) {
      const PieceJustificative& document = parts_.facts.pieces_justificatives[i];
      const auto found = uses.find(document.id);
      const Uses used = found == uses.end() ? Uses{} : found->second;
      out_.still_referenced[i] = used.kept > 0;
      const bool own = document.ref_domaines.empty();
      if (out_.documents[i] == Why::kKept && own && used.gone > 0 && used.kept == 0) {
        out_.documents[i] = Why::kUnused;
      }
    }
  }

  Status CheckSomethingGoesAndStays() const {
    const auto stays = [](Why why) { return why == Why::kKept; };
    bool goes = !std::all_of(out_.documents.begin(), out_.documents.end(), stays);
    bool left =
        parts_.other_content || std::any_of(out_.documents.begin(), out_.documents.end(), stays);
    for (size_t b = 0; b < out_.pieces.size(); ++b) {
      goes |= out_.Changed(b);
      left |= !out_.Whole(b);
    }
    if (!goes) return Error(Reason::kNothingToLeaveOut);
    return left ? OkStatus() : Error(Reason::kNothingLeft);
  }

  const PesParts& parts_;
  const WithoutOptions& options_;
  Choice out_;
};

}  // namespace

bool Choice::Whole(size_t bordereau) const {
  const std::vector<Why>& all = pieces[bordereau];
  return !all.empty() && std::find(all.begin(), all.end(), Why::kKept) == all.end();
}

bool Choice::Changed(size_t bordereau) const {
  return std::any_of(pieces[bordereau].begin(), pieces[bordereau].end(),
                     [](Why why) { return why != Why::kKept; });
}

StatusOr<Choice> Choose(const PesParts& parts, const WithoutOptions& options,
                        const AcquitMatch* match) {
  return Chooser(parts, options).Run(match);
}

}  // namespace sceau::schemas
