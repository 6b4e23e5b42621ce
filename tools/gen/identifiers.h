// Identifiers with right check digits, of nobody: SIREN, SIRET, French bank accounts.
#pragma once

#include <string>
#include <string_view>

#include "tools/gen/random.h"

namespace sceau::gen {

// 14 digits; both the SIREN (9 first digits) and the whole pass Luhn's check. `prefix` is at most 6
// digits; "000" (undertakings) and "2100" (collectivités) are attributed to nobody.
std::string MakeSiret(Random& random, std::string_view prefix);

struct BankAccount {
  std::string bank;    // 5 digits
  std::string branch;  // 5 digits
  std::string number;  // 11 digits
  std::string key;     // 2 digits, RIB key
  std::string iban;    // FR, ISO 13616 check digits, 27 characters
};
BankAccount MakeBankAccount(Random& random);

}  // namespace sceau::gen
