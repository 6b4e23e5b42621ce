// What is asked of the register of competences, and what it answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/lang.h"
#include "policy/record.h"

namespace sceau::policy {

// The certificate that signs, as its own bytes say.
struct Signer {
  std::string issuer;      // RFC 4514
  std::string serial;      // decimal
  std::string key_sha256;  // of the SubjectPublicKeyInfo, lower-case hexadecimal
};

struct BordereauFacts {
  std::string name;  // the one findings use
  std::string_view matter = kDepense;
  std::string type;
  std::optional<int64_t> amount;         // cents; unknown: no ceiling is met
  std::optional<int64_t> largest_piece;  // cents of its dearest piece
  std::vector<std::string> pieces_justificatives;
};

struct PieceFacts {
  std::string id;  // IdUnique
  std::string name;
  std::string type_pj;
  std::vector<std::string> domains;  // RefCompta/Domaine
};

// What travels to attest a piece outside the signer's competence.
struct Justification {
  std::string piece;  // the one it justifies
  enum class By {
    kSignedPiece,  // another piece of the file with a valid signature of `signer`
    kDecision,     // a decision among the pieces, its transmission proved by @CTES's receipt
    kSentEarlier,  // a document that was attested when an earlier file was signed: the piece
                   // itself, or a decision
  } by = By::kSignedPiece;
  std::string carrier;           // IdUnique of the document that attests it
  std::optional<Signer> signer;  // kSignedPiece
  bool transmitted = false;      // kDecision: its @CTES receipt is there
  // kDecision: the day of the receipt, "2026-03-14" in the collectivité's time zone; it counts from
  // then on. Empty: it is not asked.
  std::string received;
  std::string sent_in;  // kSentEarlier: the file; empty: the register of sent documents does not
                        // know it
  absl::Time sent_at = absl::InfinitePast();  // kSentEarlier: it counts from then on
  std::optional<PieceFacts> earlier;          // kSentEarlier: the carrier, as it was sent then
};

// What the document says, and what travels with it. `budget` facts come from its header, so they
// are compared with the configuration before they reach here (P-03).
struct DocumentFacts {
  std::string matter;  // of a document that is no PES: kBudgetAct or another kind; else empty
  std::string siret, id_post, cod_col, cod_bud;
  Destination destination = Destination::kAccountant;
  std::vector<BordereauFacts> bordereaux;
  std::vector<PieceFacts> pieces;
  std::vector<Justification> justifications;
  std::vector<std::string> acts;  // sha256 of the files among its pieces or cited from earlier ones
};

// What is signed: one bordereau, or (no name) the document whole.
struct Element {
  std::string bordereau;
};

enum class Answer { kDenied, kJustificationRequired, kPermitted };  // in this order
std::string_view NameOf(Answer answer);                             // "DENIED", ...

// Stable; the sentences are in decision.cc.
enum class Code {
  // founds it
  kMandate,
  kDelegation,
  kJustified,
  kActNotVerified,  // remark: founded by a delegation whose act was not verified
  // about the question
  kBudgetUnknown,
  kBudgetAmbiguous,
  kElementUnknown,
  kNothingToDecide,
  kLegalBasisMissing,
  kCertificateUnbound,
  kCertificateKeyDiffers,
  kCertificateAmbiguous,
  kCertificateEnded,
  kCertificatePurpose,
  kCertificateNotValidated,
  // about an element
  kNoAct,
  kKindUnknown,
  kPieceAbsent,
  kPieceOutside,
  kActNotCarried,
  kJustificationFails,
  // why an act does not apply
  kNotInForceYet,
  kEnded,
  kRevoked,
  kNotExecutory,
  kNotExecutoryYet,
  kOtherCollectivite,
  kOtherBudget,
  kOtherMatter,
  kOtherPower,
  kOtherKind,
  kOtherBordereauType,
  kPieceCeiling,
  kBordereauCeiling,
  kAmountUnknown,
  kHolderNotAbsent,
  kDelegatorNotInOffice,
  kDelegatorMandateEnded,
  kDelegateOfficeEnded,
  kDelegatorWithoutPower,
  kSubDelegationNotGranted,
  kParentDoesNotApply,
  kActUnverified,
};
std::string_view NameOf(Code code);  // "DELEGATION_REVOKED", ...
std::optional<Code> CodeNamed(std::string_view name);
bool Founds(Code code);              // its act is one of those that the answer rests on
Text SentenceOf(Code code);

struct Finding {
  Code code;
  std::string element;  // a bordereau, a piece; empty: the question whole
  std::string act;      // id of the record it speaks of
  std::string detail;   // language-neutral: a reference, a kind, a sum
};

struct Decision {
  Answer answer = Answer::kDenied;
  std::vector<Finding> findings;  // complete
  std::string person;             // id, when the certificate is bound
  // What the claimed role says: "maire", or "par délégation du maire, arrêté n° 2026-12".
  std::string role;
};

}  // namespace sceau::policy
