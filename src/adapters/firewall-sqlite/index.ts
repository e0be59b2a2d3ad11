export { openFirewallBook } from './firewall-book.ts'
