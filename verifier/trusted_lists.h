// European trusted lists in a folder: the list of lists names the national lists and who signs them
// (ETSI TS 119 612; how to use them: TS 119 615 §4.1 to §4.3).
//
//   signers/*.pem      who may sign the list of lists (the Official Journal names them), or, where
//                      there is none, a national list; nothing counts without them
//   lotl.xml           the list of lists
//   pivots/NAME.xml    its pivots, by the last part of their address
//   FR.xml, DE.xml...  the national lists, by territory
//
// Everything is checked whenever it is loaded: signature, signer, territory, NextUpdate. `sceau
// trust refresh` fills the folder; files that were put there by hand do as well.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "verifier/trust.h"
#include "verifier/trusted_list_signature.h"

namespace sceau::verifier {

// What became of one list of the folder.
struct ListState {
  std::string territory;
  std::string file;
  int64_t sequence = 0;
  absl::Time issued;
  std::optional<absl::Time> next_update;
  Status status;  // not OK: the list is not used
};

// From the list's own pointers to itself: who may sign its next issue.
ListSigners NamedSuccessors(const TrustedList& list_of_lists);

// The addresses of the pivots, oldest first.
std::vector<std::string> PivotsOf(const TrustedList& list_of_lists);

// Whether `list` is signed by who may, from `signers` over the pivots (TS 119 615 §4.1.4):
// each names the signers of the next. Leading pivots that `signers` cannot vouch for are passed
// over; from the first good one on each must hold. `pivot` gives one by its address.
// Error: kTrustedListNotTrusted, naming the pivot or the list of lists.
Status CheckListOfLists(const SignedList& list, const ListSigners& signers,
                        const std::function<StatusOr<SignedList>(const std::string&)>& pivot);

// Errors: kTrustedListExpired.
Status CheckCurrent(const TrustedList& list, absl::Time at);

// Whether a national list is signed by who may, and is the one the pointer speaks of.
// Error: kTrustedListNotTrusted.
Status CheckNational(const SignedList& list, const ListPointer& pointer);

// Pointers to national lists that a program can read, one per territory.
std::vector<const ListPointer*> NationalPointers(const TrustedList& list_of_lists);

// Where the folder keeps them.
std::string ListOfListsPath(const std::string& folder);
std::string PivotPath(const std::string& folder, const std::string& url);
std::string NationalPath(const std::string& folder, const std::string& territory);
// SHA-256 of the certificates in signers/. Error: kTrustUnreadable.
StatusOr<ListSigners> ConfiguredSigners(const std::string& folder);

class TrustedLists {
 public:
  // Reads and checks every list for the instant `at`. One that may not be relied on is left out,
  // with the reason in states(). Error: kTrustUnreadable when there are no signers.
  static StatusOr<std::shared_ptr<const TrustedLists>> Load(const std::string& folder,
                                                            absl::Time at);

  const std::vector<ListState>& states() const { return states_; }
  // Of the lists that are used.
  const std::vector<TrustService>& services() const { return services_; }
  // Whether what the lists of this country say is known: its list is used, or every list is.
  // `country` as in certificates (ISO 3166-1: GR, not EL).
  bool Knows(std::string_view country) const;
  // `trust` and the services that were granted, each from and until when and for what it was.
  std::shared_ptr<const TrustAnchors> AddedTo(const TrustAnchors& trust) const;

 private:
  class Loader;

  std::vector<ListState> states_;
  std::vector<TrustService> services_;
  std::vector<std::string> territories_;  // of the lists that are used
  bool complete_ = false;                 // every list that the list of lists names is used
};

}  // namespace sceau::verifier
