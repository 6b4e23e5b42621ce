#include "tools/gen/identifiers.h"

#include <cstddef>

#include "base/strings.h"

namespace sceau::gen {
namespace {

std::string Digits(Random& random, size_t count) {
  std::string out;
  while (out.size() < count) out.push_back(static_cast<char>('0' + random.Below(10)));
  return out;
}

// The digit that makes the whole pass Luhn's check (ISO/IEC 7812-1 annex B).
char LuhnDigit(std::string_view digits) {
  int sum = 0;
  bool doubled = true;
  for (size_t i = digits.size(); i-- > 0; doubled = !doubled) {
    const int digit = (digits[i] - '0') * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string TwoDigits(int value) {
  return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

int Modulo97(std::string_view digits) {
  int rest = 0;
  for (const char c : digits) rest = (rest * 10 + (c - '0')) % 97;
  return rest;
}

}  // namespace

std::string MakeSiret(Random& random, std::string_view prefix) {
  std::string siret(prefix);
  siret += Digits(random, 8 - prefix.size());
  siret += LuhnDigit(siret);
  siret += "000";
  siret += Digits(random, 1);
  siret += LuhnDigit(siret);
  return siret;
}

BankAccount MakeBankAccount(Random& random) {
  BankAccount account;
  account.bank = Concat("99", Digits(random, 3));
  account.branch = Digits(random, 5);
  account.number = Digits(random, 11);
  const std::string body = Concat(account.bank, account.branch, account.number);
  // The whole, key included, is a multiple of 97.
  account.key = TwoDigits(97 - Modulo97(Concat(body, "00")));
  // ISO 13616: the BBAN, then FR as 1527, then 00.
  const int check = 98 - Modulo97(Concat(body, account.key, "152700"));
  account.iban = Concat("FR", TwoDigits(check), body, account.key);
  return account;
}

}  // namespace sceau::gen
