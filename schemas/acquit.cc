#include "schemas/acquit.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "base/cut.h"
#include "base/strings.h"
#include "schemas/pes_reader.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

constexpr std::string_view kPj = "4";
constexpr std::string_view kDepense = "5";
constexpr std::string_view kRecette = "6";

// Elements that are read: where they stand, and whether they hold others. All in no namespace but
// the root.
struct Step {
  std::string_view parent, name;
};
constexpr Step kSteps[] = {
    {"PES_ACQUIT", "Enveloppe"},   {"Enveloppe", "Parametres"},  {"Parametres", "NomFic"},
    {"PES_ACQUIT", "EnTetePES"},   {"EnTetePES", "IdPost"},      {"EnTetePES", "IdColl"},
    {"EnTetePES", "CodCol"},       {"EnTetePES", "CodBud"},      {"EnTetePES", "LibelleColBud"},
    {"PES_ACQUIT", "ACQUIT"},      {"ACQUIT", "ElementACQUIT"},  {"ElementACQUIT", "DomaineAck"},
    {"ElementACQUIT", "EtatAck"},  {"ElementACQUIT", "NumBord"}, {"ElementACQUIT", "ExerciceBord"},
    {"ElementACQUIT", "IdUnique"}, {"ElementACQUIT", "Erreur"},  {"ElementACQUIT", "DetailPiece"},
    {"DetailPiece", "NumPiece"},   {"DetailPiece", "Erreur"},    {"DetailPiece", "DetailLigne"},
    {"DetailLigne", "NumLigne"},   {"DetailLigne", "Erreur"},    {"Erreur", "NumAnoAck"},
    {"Erreur", "LibelleAnoAck"},
};

// What an element's V is written into.
template <typename Into>
struct Field {
  std::string_view name;
  std::string& (*of)(Into&);
};
constexpr Field<Acquit> kFileFields[] = {
    {"NomFic", [](Acquit& it) -> std::string& { return it.file_name; }},
    {"IdPost", [](Acquit& it) -> std::string& { return it.collectivite.id_post; }},
    {"IdColl", [](Acquit& it) -> std::string& { return it.collectivite.id_coll; }},
    {"CodCol", [](Acquit& it) -> std::string& { return it.collectivite.cod_col; }},
    {"CodBud", [](Acquit& it) -> std::string& { return it.collectivite.cod_bud; }},
    {"LibelleColBud", [](Acquit& it) -> std::string& { return it.collectivite.libelle; }},
};
constexpr Field<AcquitElement> kElementFields[] = {
    {"DomaineAck", [](AcquitElement& it) -> std::string& { return it.domain; }},
    {"NumBord", [](AcquitElement& it) -> std::string& { return it.number; }},
    {"ExerciceBord", [](AcquitElement& it) -> std::string& { return it.exercice; }},
    {"IdUnique", [](AcquitElement& it) -> std::string& { return it.id_unique; }},
};

std::string_view KnownName(std::string_view parent, const xml::StartElement& element) {
  if (parent.empty() || !element.uri.empty()) return {};
  for (const Step& step : kSteps) {
    if (step.parent == parent && step.name == element.local) return step.name;
  }
  return {};
}

std::string ValueOf(const xml::StartElement& element) {
  const xml::Attribute* value = element.Find("V");
  return value == nullptr ? "" : std::string(Cut(value->value, AcquitReader::kMaxText));
}

// Numbers are compared without what fills them up.
std::string_view Bare(std::string_view number) {
  const size_t first = number.find_first_not_of('0');
  return first == std::string_view::npos ? number.substr(0, number.empty() ? 0 : 1)
                                         : number.substr(first);
}

std::string Key(std::string_view domain, std::string_view exercice, std::string_view number) {
  return Concat(domain, ":", exercice, ":", Bare(number));
}

// The file that is answered is the one whose name and collectivité stand in the acknowledgement.
Status CheckSameFile(const Acquit& acquit, const SentFile& file) {
  const Collectivite& here = acquit.collectivite;
  const Collectivite& there = file.collectivite;
  const struct {
    std::string_view what;
    const std::string &answered, &sent;
  } kSame[] = {{"NomFic", acquit.file_name, file.file_name},
               {"IdColl", here.id_coll, there.id_coll},
               {"IdPost", here.id_post, there.id_post},
               {"CodCol", here.cod_col, there.cod_col},
               {"CodBud", here.cod_bud, there.cod_bud}};
  for (const auto& it : kSame) {
    if (it.answered == it.sent) continue;
    return Error(Reason::kAcquitMismatch, Concat(it.what, ": ", it.answered, " / ", it.sent));
  }
  return OkStatus();
}

class Matching {
 public:
  Matching(const Acquit& acquit, const SentFile& file) : acquit_(acquit), file_(file) {}

  StatusOr<AcquitMatch> Run() {
    SCEAU_RETURN_IF_ERROR(CheckSameFile(acquit_, file_));
    Prepare();
    for (const AcquitElement& it : acquit_.elements) {
      if (it.IsPieceJustificative()) TakeId(it);
      if (it.IsBordereau()) SCEAU_RETURN_IF_ERROR(TakeBordereau(it));
    }
    return std::move(out_);
  }

 private:
  void Prepare() {
    for (size_t i = 0; i < file_.bordereaux.size(); ++i) {
      const SentBordereau& it = file_.bordereaux[i];
      out_.bordereaux.push_back({Answer::kNone, nullptr, {}});
      out_.bordereaux.back().pieces.resize(it.pieces.size());
      by_number_[Key(NameOf(it.domain), it.exercice, it.number)].push_back(i);
    }
    for (size_t i = 0; i < file_.ids.size(); ++i) by_id_[file_.ids[i]].push_back(i);
    out_.ids.resize(file_.ids.size(), Answer::kNone);
    out_.id_elements.resize(file_.ids.size(), nullptr);
  }

  void TakeId(const AcquitElement& it) {
    const auto found = by_id_.find(it.id_unique);
    if (found == by_id_.end()) {
      out_.strangers.push_back(Concat("PJ:", it.id_unique));
      return;
    }
    for (const size_t index : found->second) {
      if (out_.ids[index] == Answer::kRefused) continue;  // one refusal is enough
      out_.ids[index] = it.accepted ? Answer::kAccepted : Answer::kRefused;
      out_.id_elements[index] = &it;
    }
  }

  Status TakeBordereau(const AcquitElement& it) {
    const auto found = by_number_.find(Key(AcquitDomainName(it), it.exercice, it.number));
    if (found == by_number_.end()) {
      out_.strangers.push_back(Concat(AcquitDomainName(it), ":", it.exercice, ":", it.number));
      return OkStatus();
    }
    if (found->second.size() > 1) {
      return Error(Reason::kBordereauAmbiguous, Concat(it.exercice, ":", it.number), it.place);
    }
    const size_t index = found->second.front();
    BordereauAnswer& answer = out_.bordereaux[index];
    if (answer.answer == Answer::kRefused && it.accepted) return OkStatus();
    answer.answer = it.accepted ? Answer::kAccepted : Answer::kRefused;
    answer.said = &it;
    const bool whole = it.accepted || it.pieces.empty() || !it.errors.empty();
    for (PieceAnswer& piece : answer.pieces) {
      if (whole) piece.answer = answer.answer;
    }
    if (it.accepted) return OkStatus();
    for (const AcquitPiece& piece : it.pieces) TakePiece(index, piece);
    return OkStatus();
  }

  void TakePiece(size_t index, const AcquitPiece& said) {
    const SentBordereau& bordereau = file_.bordereaux[index];
    bool found = false;
    for (size_t i = 0; i < bordereau.pieces.size(); ++i) {
      if (Bare(bordereau.pieces[i].number) != Bare(said.number)) continue;
      out_.bordereaux[index].pieces[i] = {Answer::kRefused, &said};
      found = true;
    }
    if (!found) out_.strangers.push_back(Concat(bordereau.name, "/", said.number));
  }

  const Acquit& acquit_;
  const SentFile& file_;
  absl::flat_hash_map<std::string, std::vector<size_t>> by_number_;
  absl::flat_hash_map<std::string_view, std::vector<size_t>> by_id_;
  AcquitMatch out_;
};

// Refuses what is no acknowledgement at its first element.
class AcquitFileReader final : public xml::Handler {
 public:
  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1 && KindOf(element) != Kind::kPesAcquit) {
      return Error(Reason::kDocumentUnknown, element.qname,
                   {element.line, element.column, std::string(element.qname)});
    }
    return reader.OnStart(element);
  }
  Status OnEnd(const xml::EndElement& element) override { return reader.OnEnd(element); }

  AcquitReader reader;
};

}  // namespace

std::string_view AcquitDomainName(const AcquitElement& element) {
  if (element.domain == kDepense) return NameOf(Domain::kDepense);
  if (element.domain == kRecette) return NameOf(Domain::kRecette);
  return element.domain == kPj ? "PJ" : std::string_view(element.domain);
}

std::string_view NameOf(Answer answer) {
  constexpr std::string_view kNames[] = {"UNANSWERED", "ACCEPTED", "REFUSED"};
  return kNames[static_cast<size_t>(answer)];
}

Status AcquitReader::OnStart(const xml::StartElement& element) {
  if (path_.empty()) {
    path_.push_back("PES_ACQUIT");
    return OkStatus();
  }
  const std::string_view name = KnownName(path_.back(), element);
  const bool entry = name == "ElementACQUIT" || name == "DetailPiece" || name == "Erreur";
  if (entry && ++entries_ > kMaxEntries) {
    return Error(Reason::kXmlLimitExceeded, element.local,
                 {element.line, element.column, std::string(element.qname)});
  }
  path_.push_back(name);
  if (name == "ElementACQUIT") {
    acquit_.elements.emplace_back();
    acquit_.elements.back().place = {element.line, element.column, "ElementACQUIT"};
  } else if (name == "DetailPiece") {
    acquit_.elements.back().pieces.emplace_back();
  } else if (name == "DetailLigne") {
    line_.clear();
  } else if (name == "Erreur") {
    OpenErrors().push_back({"", "", path_[path_.size() - 2] == "DetailLigne" ? line_ : ""});
  } else if (!name.empty()) {
    Take(name, ValueOf(element));
  }
  return OkStatus();
}

Status AcquitReader::OnEnd(const xml::EndElement&) {
  path_.pop_back();
  return OkStatus();
}

// Of the piece that is open, else of the element.
std::vector<AcquitError>& AcquitReader::OpenErrors() {
  AcquitElement& element = acquit_.elements.back();
  const bool in_piece = std::find(path_.begin(), path_.end(), "DetailPiece") != path_.end();
  return in_piece ? element.pieces.back().errors : element.errors;
}

void AcquitReader::Take(std::string_view name, std::string value) {
  const std::string_view parent = path_[path_.size() - 2];
  for (const Field<Acquit>& field : kFileFields) {
    if (field.name == name && parent != "ElementACQUIT") field.of(acquit_) = value;
  }
  if (acquit_.elements.empty()) return;
  AcquitElement& element = acquit_.elements.back();
  if (parent == "ElementACQUIT") {
    if (name == "EtatAck") element.accepted = value == "1" || value == "true";
    for (const Field<AcquitElement>& field : kElementFields) {
      if (field.name == name) field.of(element) = value;
    }
  } else if (parent == "Erreur") {
    AcquitError& error = OpenErrors().back();
    (name == "NumAnoAck" ? error.code : error.text) = std::move(value);
  } else if (name == "NumPiece") {
    element.pieces.back().number = std::move(value);
  } else if (name == "NumLigne") {
    line_ = std::move(value);
  }
}

StatusOr<AcquitMatch> MatchAcquit(const Acquit& acquit, const SentFile& file) {
  return Matching(acquit, file).Run();
}

std::vector<Finding> FindingsOf(const Acquit& acquit) {
  std::vector<Finding> out;
  const auto add = [&](const AcquitElement& element, const std::string& what,
                       const std::vector<AcquitError>& errors) {
    std::string detail = what;
    for (const AcquitError& it : errors) AppendTo(detail, "; ", it.code, " ", it.text);
    out.push_back({Severity::kWarning, "ACQUIT_REFUSED", element.place, std::move(detail)});
  };
  for (const AcquitElement& it : acquit.elements) {
    if (it.accepted) continue;
    std::string what(AcquitDomainName(it));
    for (const std::string& more : {it.exercice, it.number, it.id_unique}) {
      if (!more.empty()) AppendTo(what, ":", more);
    }
    for (const AcquitPiece& piece : it.pieces) {
      add(it, Concat(what, "/", piece.number), piece.errors);
    }
    if (it.pieces.empty() || !it.errors.empty()) add(it, what, it.errors);
  }
  return out;
}

StatusOr<Acquit> ReadAcquit(const InputFile& file) {
  AcquitFileReader reader;
  SCEAU_RETURN_IF_ERROR(xml::Parse(file, reader).status());
  return std::move(reader.reader.acquit());
}

}  // namespace sceau::schemas
