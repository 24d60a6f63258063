/**
 * Sent with each scrape, naming this process. A request that carries one came from a Promregator: a rule selects ourselves
 * by a path that scrapes others, and each hop would multiply. The original compares with its own uuid only, so that two
 * replicas scraping each other go unseen (facts/promregator.md 5).
 */
export const LOOP_MARK_HEADER = 'x-promregator-instance';
