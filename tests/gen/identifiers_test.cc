#include "tools/gen/identifiers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sceau::gen {
namespace {

// Luhn's sum as the norm words it: from the right, every second digit doubled.
int LuhnSum(const std::string& digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const int digit = (digits[digits.size() - 1 - i] - '0') * (i % 2 == 0 ? 1 : 2);
    sum += digit / 10 + digit % 10;
  }
  return sum;
}

int Modulo97(const std::string& text) {
  int rest = 0;
  for (const char c : text) {
    const int value = c >= 'A' ? c - 'A' + 10 : c - '0';
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

TEST(Identifiers, SirenAndSiretPassLuhn) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random random({seed});
    const std::string siret = MakeSiret(random, seed % 2 == 0 ? "000" : "2100");
    ASSERT_EQ(siret.size(), 14u);
    EXPECT_EQ(LuhnSum(siret) % 10, 0) << siret;
    EXPECT_EQ(LuhnSum(siret.substr(0, 9)) % 10, 0) << siret;
  }
}

TEST(Identifiers, LuhnCheckRefusesAWrongDigit) { EXPECT_NE(LuhnSum("73282932000075") % 10, 0); }

TEST(Identifiers, RibKeyAndIbanHaveTheirCheckDigits) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random random({seed});
    const BankAccount account = MakeBankAccount(random);
    ASSERT_EQ(account.iban.size(), 27u);
    EXPECT_EQ(Modulo97(account.bank + account.branch + account.number + account.key), 0);
    EXPECT_EQ(Modulo97(account.iban.substr(4) + account.iban.substr(0, 4)), 1) << account.iban;
  }
}

}  // namespace
}  // namespace sceau::gen
