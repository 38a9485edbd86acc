import { describe, expect, it } from "vitest";
import { dayOf } from "./days.ts";

const HOUR = 3_600_000;

const at = (text: string) => Date.parse(text);

describe("the local day", () => {
  it.each([
    ["UTC", "2026-11-29T12:00:00Z", "2026-11-29T00:00:00Z", 24],
    ["UTC", "2026-11-29T00:00:00Z", "2026-11-29T00:00:00Z", 24],
    ["UTC", "2026-11-28T23:59:59.999Z", "2026-11-28T00:00:00Z", 24],
    ["Asia/Kolkata", "2026-11-29T12:00:00Z", "2026-11-28T18:30:00Z", 24],
    ["Asia/Kathmandu", "2026-11-29T12:00:00Z", "2026-11-28T18:15:00Z", 24],
    ["Pacific/Kiritimati", "2026-11-29T12:00:00Z", "2026-11-29T10:00:00Z", 24],
    ["Pacific/Pago_Pago", "2026-11-29T12:00:00Z", "2026-11-29T11:00:00Z", 24],
    // The clock goes forward in the night: 23 hours. It goes back: 25.
    ["Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", 23],
    ["Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", 25],
    ["Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-24T22:00:00Z", 25],
    // Midnight is skipped: the day begins at 01:00.
    ["Africa/Cairo", "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", 23],
    ["America/Havana", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", 23],
    // Midnight comes twice: the day begins at the first.
    ["America/Havana", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", 25],
    ["America/Sao_Paulo", "2018-02-18T02:30:00Z", "2018-02-17T02:00:00Z", 25],
    ["Australia/Lord_Howe", "2026-04-05T00:00:00Z", "2026-04-04T13:00:00Z", 24.5],
    // Samoa skipped 30 December 2011.
    ["Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z", 24],
  ])("in %s at %s begins at %s and has %d hours", (zone, now, since, hours) => {
    const day = dayOf(zone, at(now));
    expect(new Date(day.since).toISOString()).toBe(new Date(at(since)).toISOString());
    expect((day.next - day.since) / HOUR).toBe(hours);
    expect(dayOf(zone, day.next).since).toBe(day.next);
    expect(dayOf(zone, day.next - 1)).toEqual(day);
  });
});
