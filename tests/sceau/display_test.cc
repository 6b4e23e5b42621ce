#include "tools/sceau/display.h"

#include <gtest/gtest.h>

namespace sceau::cli {
namespace {

TEST(Amount, IsGroupedWithTwoDecimalsInEachLanguage) {
  const struct {
    const char* written;
    const char* french;
    const char* english;
  } rows[] = {{"1234.56", "1 234,56 €", "€1,234.56"},
              {"1234.5", "1 234,50 €", "€1,234.50"},
              {"1000.00", "1 000,00 €", "€1,000.00"},
              {"0", "0,00 €", "€0.00"},
              {"-12345678.9", "-12 345 678,90 €", "-€12,345,678.90"},
              {"+7", "7,00 €", "€7.00"},
              {".5", "0,50 €", "€0.50"},
              {"007.10", "7,10 €", "€7.10"},
              {"1.23456", "1,23456 €", "€1.23456"},
              {"1.2300", "1,23 €", "€1.23"},
              {"999", "999,00 €", "€999.00"},
              {"123456789012345678901234567890", "123 456 789 012 345 678 901 234 567 890,00 €",
               "€123,456,789,012,345,678,901,234,567,890.00"}};
  for (const auto& row : rows) {
    EXPECT_EQ(Amount(row.written, Lang::kFr), row.french);
    EXPECT_EQ(Amount(row.written, Lang::kEn), row.english);
  }
}

TEST(Amount, WhatIsNoDecimalNumberIsShownAsWritten) {
  for (const char* written : {"", "12,50", "1e9", "-", ".", "12 €", "NaN", "1.2.3"}) {
    EXPECT_EQ(Amount(written, Lang::kFr), written);
    EXPECT_EQ(Cents(written), std::nullopt) << written;
  }
}

TEST(Cents, AddUpWithoutRounding) {
  EXPECT_EQ(Cents("1234.5"), 123450);
  EXPECT_EQ(Cents("-0.01"), -1);
  EXPECT_EQ(Cents("0.100"), 10);
  EXPECT_EQ(Cents("0.001"), std::nullopt);
  EXPECT_EQ(Cents("999999999999"), std::nullopt);
  EXPECT_EQ(AmountOfCents(123456, Lang::kFr), "1 234,56 €");
  EXPECT_EQ(AmountOfCents(-5, Lang::kFr), "-0,05 €");
}

TEST(Printable, NothingOfADocumentMovesTheCursorOrHidesText) {
  const std::string unknown = "\xEF\xBF\xBD";
  EXPECT_EQ(Printable("Nouméa, été"), "Nouméa, été");
  EXPECT_EQ(Printable("a\nb\tc\r"), "a b c ");
  EXPECT_EQ(Printable("\x1B[2K"), unknown + "[2K");
  EXPECT_EQ(Printable("\xC2\x9B"
                      "2K"),
            unknown + "2K");  // CSI in one character
  EXPECT_EQ(Printable("\xE2\x80\xAE"
                      "x"),
            unknown + "x");                                           // right-to-left override
  EXPECT_EQ(Printable("\xE9t\xE9"), unknown + "t" + unknown);         // ISO-8859-1
  EXPECT_EQ(Printable("\xC0\x9B"), unknown + unknown);                // overlong form
  EXPECT_EQ(Printable("\xED\xA0\x80"), unknown + unknown + unknown);  // surrogate
  EXPECT_EQ(Printable("\xF0\x9F\x96\x8B"), "\xF0\x9F\x96\x8B");
  EXPECT_EQ(Printable("\xE2\x82"), unknown + unknown);  // cut short
}

TEST(Date, IsWrittenAsThePersonReadsIt) {
  EXPECT_EQ(Date("2024-04-02", Lang::kFr), "02/04/2024");
  EXPECT_EQ(Date("2024-04-02", Lang::kEn), "2024-04-02");
  EXPECT_EQ(Date("02.04.24", Lang::kFr), "02.04.24");
  EXPECT_EQ(Date("", Lang::kFr), "");
}

TEST(Size, ChangesUnitAtEachThousand) {
  EXPECT_EQ(Size(0, Lang::kFr), "0 octet");
  EXPECT_EQ(Size(999, Lang::kFr), "999 octets");
  EXPECT_EQ(Size(51234, Lang::kFr), "51,2 ko");
  EXPECT_EQ(Size(51234, Lang::kEn), "51.2 kB");
  EXPECT_EQ(Size(150'000'000, Lang::kFr), "150,0 Mo");
  EXPECT_EQ(Size(2'500'000'000, Lang::kEn), "2.5 GB");
}

}  // namespace
}  // namespace sceau::cli
