// The accountant's acknowledgement (PES_ACQUIT): what of a file was accepted or refused, and why.
//
// An element answers a bordereau (by number and year), a supporting document (by IdUnique) or the
// file as a whole (its schema, its signatures). It is no signed document: facts as written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "schemas/pes.h"
#include "xml/events.h"

namespace sceau::schemas {

// Erreur: NumAnoAck and LibelleAnoAck; `line` is the line of the piece concerned (NumLigne).
struct AcquitError {
  std::string code, text, line;
};

// DetailPiece: a piece that is refused, by its number.
struct AcquitPiece {
  std::string number;
  std::vector<AcquitError> errors;  // of the piece, then of its lines
};

// ElementACQUIT.
struct AcquitElement {
  std::string domain;            // DomaineAck: "4" PJ, "5" dépense, "6" recette, else what it says
  bool accepted = false;         // EtatAck
  std::string number, exercice;  // NumBord, ExerciceBord: of a bordereau
  std::string id_unique;         // of a supporting document
  std::vector<AcquitError> errors;
  std::vector<AcquitPiece> pieces;
  Place place;

  bool IsBordereau() const { return !number.empty(); }
  bool IsPieceJustificative() const { return !id_unique.empty(); }
};

struct Acquit {
  std::string file_name;  // Enveloppe/Parametres/NomFic: of the file that is answered
  Collectivite collectivite;
  std::vector<AcquitElement> elements;
};

// "DEPENSE", "RECETTE", "PJ"; the number itself for a domain that is not read here.
std::string_view AcquitDomainName(const AcquitElement& element);

// Reads it from the events while they pass. Memory grows with what it says, within limits.
class AcquitReader final : public xml::Handler {
 public:
  // Of elements, pieces and errors together.
  static constexpr size_t kMaxEntries = 500'000;
  static constexpr size_t kMaxText = 1000;  // bytes of one value; the rest is cut

  // Error: kXmlLimitExceeded.
  Status OnStart(const xml::StartElement& element) override;
  Status OnEnd(const xml::EndElement& element) override;

  Acquit& acquit() { return acquit_; }

 private:
  std::vector<AcquitError>& OpenErrors();
  void Take(std::string_view name, std::string value);

  Acquit acquit_;
  std::vector<std::string_view> path_;  // known names of the open elements; empty: another
  std::string line_;                    // NumLigne of the open DetailLigne
  size_t entries_ = 0;
};

// What the acknowledgement says of one bordereau, piece or supporting document of the file.
enum class Answer { kNone, kAccepted, kRefused };
std::string_view NameOf(Answer answer);  // "UNANSWERED", "ACCEPTED", "REFUSED"

// A file that was sent, as far as an acknowledgement names its parts.
struct SentPiece {
  std::string number;  // IdPce
  Place place;
};
struct SentBordereau {
  Domain domain = Domain::kDepense;
  std::string name, ref;  // Bordereau::Name() and Ref()
  std::string exercice, number;
  std::vector<SentPiece> pieces;
};
struct SentFile {
  std::string file_name;  // NomFic
  Collectivite collectivite;
  std::vector<SentBordereau> bordereaux;
  std::vector<std::string> ids;  // IdUnique of the supporting documents in the file
};

struct PieceAnswer {
  Answer answer = Answer::kNone;
  const AcquitPiece* said = nullptr;  // null: the answer is the bordereau's
};
struct BordereauAnswer {
  Answer answer = Answer::kNone;  // kRefused also when only some of its pieces are
  const AcquitElement* said = nullptr;
  std::vector<PieceAnswer> pieces;  // as in the file
};
struct AcquitMatch {
  std::vector<BordereauAnswer> bordereaux;  // as in the file
  std::vector<Answer> ids;
  std::vector<const AcquitElement*> id_elements;  // null where there is none
  // Elements and pieces of the acknowledgement that are not in the file.
  std::vector<std::string> strangers;
};

// Matches element by element. A refused bordereau that names pieces refuses those; the others are
// neither accepted nor refused. One that names none, or has an error of its own, is refused whole.
// Views into `acquit`, which outlives it. Errors: kAcquitMismatch when it answers another file
// (name, collectivité, accountant, budget); kBordereauAmbiguous when two bordereaux have the
// number.
StatusOr<AcquitMatch> MatchAcquit(const Acquit& acquit, const SentFile& file);

// What it refuses, one finding (a warning) for each bordereau, piece or document.
std::vector<Finding> FindingsOf(const Acquit& acquit);

// Opens an acknowledgement. Errors: those of the parser; kDocumentUnknown for any other document.
StatusOr<Acquit> ReadAcquit(const InputFile& file);

}  // namespace sceau::schemas
